extension TargetSpec {
  static let referenceTablesForm = Form.list(of: referenceTable)

  private static let referenceTable = Form<ReferenceTable>.object { reader in
    let file = reader.required("file", tablePath)
    let sha256 = reader.optional("sha256", .sha256)
    let network = reader.optional("network", .text)
    let batch = reader.optional("batch", .integer(1...NetworkDocument.largestBatch))
    let unit = reader.optional("unit", .word(["cycles", "seconds"]))
    let source = reader.required("source", .text)
    let largest = reader.optional("max_mape", .number(0...1e6, "a percentage of at least 0"))
    guard let file, let source else { return nil }
    if file.hasSuffix(".npy"), case .absent = unit {
      reader.problems.add(
        "\(reader.name) lacks the key \"unit\": a .npy file does not say what its numbers are",
        at: reader.place, hint: "Say \"cycles\" or \"seconds\".")
    }
    return ReferenceTable(
      file: file, sha256: sha256.value, network: network.value, batch: batch.value, numPyUnit: unit.value,
      source: source, maxMAPE: largest.value)
  }

  private static let tablePath = Form<String>.pathInside.then { path, value, name, problems -> String? in
    guard [".csv", ".json", ".npy"].contains(where: path.hasSuffix) else {
      problems.add("\(name) is \"\(path)\"; tables are .csv, .json or .npy files", at: value.place)
      return nil
    }
    return path
  }
}
