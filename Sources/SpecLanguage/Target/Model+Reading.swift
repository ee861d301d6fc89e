import HardwareModel

extension TargetSpec {
  static let modelForm = Form<Model>.object { reader in
    let kind = reader.required("kind", .word(["plugin"], reserved: ["table", "function"]))
    let library = reader.required("library", libraryPath)
    let abi = reader.required("abi", abiVersion)
    let architecture = reader.optional("arch", .word(Architecture.allCases.map(\.rawValue)))
    let sha256 = reader.optional("sha256", .sha256)
    let isolation = reader.optional("isolation", .word(Isolation.allCases.map(\.rawValue)))
    let timeout = reader.optional("timeout_s", .number(0.001...86_400, "between 0.001 and 86400 seconds"))
    if isolation.value == Isolation.inProcess.rawValue, case .value = timeout {
      reader.problems.add(
        "\"timeout_s\" needs a process of its own, but \"isolation\" is \"in-process\"", at: reader.place,
        hint: "Remove one of them.")
    }
    guard kind != nil, let library, let abi else { return nil }
    return .plugin(
      Plugin(
        library: library, abi: abi, architecture: architecture.value.flatMap(Architecture.init(rawValue:)),
        sha256: sha256.value, isolation: isolation.value.flatMap(Isolation.init(rawValue:)) ?? .process,
        timeout_s: timeout.value))
  }

  private static let libraryPath = Form<String>.text.then { path, value, name, problems -> String? in
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { ["", ".", ".."].contains($0) }), !path.contains("\0") else {
      problems.add(
        "\(name) is \"\(path)\"; it must be a file name, or a relative path that stays inside the "
          + "spec's folder", at: value.place)
      return nil
    }
    return path
  }

  private static let abiVersion = Form<String>.text.then { text, value, name, problems -> ABIVersion? in
    guard let match = text.wholeMatch(of: /(\d{1,4})\.(\d{1,4})/), let major = Int(match.1),
      let minor = Int(match.2)
    else {
      problems.add("\(name) is \"\(text)\"; it must be a version such as \"1.0\"", at: value.place)
      return nil
    }
    guard major == 1 else {
      problems.add(
        "\(name) is \"\(text)\"; this program speaks plugin ABI 1", at: value.place,
        hint: "Rebuild the library for ABI 1, or update the program.")
      return nil
    }
    return ABIVersion(major: major, minor: minor)
  }
}
