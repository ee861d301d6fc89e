extension TargetSpec {
  /// A table's keys; a NumPy array must say its unit and network, because the file cannot.
  static func table(from reader: ObjectReader) -> Table? {
    let file = reader.required("file", tableFile)
    let sha256 = reader.optional("sha256", .sha256)
    let network = reader.optional("network_sha256", .sha256)
    let interpolation = reader.optional("interpolation", .word(["linear"]))
    let unit = reader.optional("unit", .word(Table.Unit.allCases.map(\.rawValue)))
    guard let file else { return nil }
    let isNumPy = file.hasSuffix(".npy")
    if isNumPy, case .absent = unit {
      reader.problems.add(
        "\(reader.name) lacks the key \"unit\": a .npy file does not say what its numbers are",
        at: reader.place,
        hint: "Say \"cycles\" or \"seconds\".")
      return nil
    }
    if isNumPy, case .absent = network {
      reader.problems.add(
        "\(reader.name) lacks the key \"network_sha256\": a .npy file does not say whose layers it has",
        at: reader.place, hint: "haq cost NETWORK --format json prints a network's fingerprint.")
      return nil
    }
    if !isNumPy, let place = reader.value(of: "unit")?.place {
      reader.problems.add(
        "\"model.unit\" is for .npy files; the header of a .csv file has the unit", at: place,
        hint: "Remove it.")
      return nil
    }
    return Table(
      file: file, sha256: sha256.value, networkSHA256: network.value,
      unit: unit.value.flatMap(Table.Unit.init(rawValue:)), isInterpolated: interpolation.value != nil)
  }

  private static let tableFile = Form<String>.pathInside.then { path, value, name, problems -> String? in
    guard path.hasSuffix(".csv") || path.hasSuffix(".npy") else {
      problems.add("\(name) is \"\(path)\"; tables are .csv or .npy files", at: value.place)
      return nil
    }
    return path
  }
}
