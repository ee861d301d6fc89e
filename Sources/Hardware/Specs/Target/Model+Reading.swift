import Core

extension TargetSpec {
  /// `capabilities` or `parameters` are nil when those parts of the spec are themselves wrong; what a function
  /// takes from them then goes unchecked.
  static func modelForm(within capabilities: Capabilities?, parameters: [Parameter]?) -> Form<Model> {
    .object { reader in
      switch reader.required("kind", .word(["plugin", "table", "function", "program", "predictor"])) {
      case "plugin": return plugin(from: reader).map(Model.plugin)
      case "table": return table(from: reader).map(Model.table)
      case "function":
        let context = FunctionContext(
          metrics: capabilities.map { Set($0.aggregates.keys) }, parameters: parameters)
        return functions(from: reader, context: context).map(Model.function)
      case "program": return program(from: reader).map(Model.program)
      case "predictor": return predictor(from: reader).map(Model.predictor)
      default:
        // Which keys belong here depends on the kind, so the rest cannot be judged.
        reader.acceptAllKeys()
        return nil
      }
    }
  }

  private static func plugin(from reader: ObjectReader) -> Plugin? {
    let library = library(from: reader)
    let abi = reader.required("abi", abiVersion)
    let isolation = reader.optional("isolation", .word(Isolation.allCases.map(\.rawValue)))
    if isolation.value == Isolation.inProcess.rawValue, reader.value(of: "timeout_s") != nil {
      reader.problems.add(
        "\"timeout_s\" needs a separate process, but \"isolation\" is \"in-process\"", at: reader.place,
        hint: "Remove one of them.")
    }
    guard let library, let abi else { return nil }
    return Plugin(
      library: library, abi: abi, isolation: isolation.value.flatMap(Isolation.init(rawValue:)) ?? .process)
  }

  private static func program(from reader: ObjectReader) -> Program? {
    let command = reader.required("command", .list(of: commandWord, count: 1...100))
    let timeout = reader.optional("timeout_s", seconds)
    return command.map { Program(command: $0, timeoutSeconds: timeout.value) }
  }

  private static func predictor(from reader: ObjectReader) -> PredictorFile? {
    let file = reader.required("file", .pathInside)
    let sha256 = reader.optional("sha256", .sha256)
    return file.map { PredictorFile(file: $0, sha256: sha256.value) }
  }

  /// A word of a command.
  private static let commandWord = Form<String>.text.then { text, value, name, problems -> String? in
    guard !text.contains("\0") else {
      problems.add("\(name) has a character NUL, which no command can have", at: value.place)
      return nil
    }
    return text
  }

  private static let seconds = Form<Double>.number(0.001...86_400, "between 0.001 and 86400 seconds")

  /// The keys of every kind of model that has a library.
  static func library(from reader: ObjectReader) -> Library? {
    let file = reader.required("library", .pathInside)
    let architecture = reader.optional("arch", .word(Architecture.allCases.map(\.rawValue)))
    let sha256 = reader.optional("sha256", .sha256)
    let timeout = reader.optional("timeout_s", seconds)
    let dependencies = reader.optional("dependencies", .list(of: dependency, count: 1...16))
    return file.map {
      Library(
        file: $0, architecture: architecture.value.flatMap(Architecture.init(rawValue:)),
        sha256: sha256.value, timeoutSeconds: timeout.value, dependencies: dependencies.value ?? [])
    }
  }

  private static let dependency = Form<Library.Dependency>.object { reader in
    let name = reader.required("library", .pathInside)
    let sha256 = reader.required("sha256", .sha256)
    guard let name, let sha256 else { return nil }
    return Library.Dependency(name: name, sha256: sha256)
  }

  private static let abiVersion = Form<String>.text.then { text, value, name, problems -> ABIVersion? in
    guard let version = MajorMinor(text) else {
      problems.add("\(name) is \"\(text)\"; it must be a version such as \"1.0\"", at: value.place)
      return nil
    }
    guard version.major == 1 else {
      problems.add(
        "\(name) is \"\(text)\"; this program speaks plugin ABI 1", at: value.place,
        hint: "Rebuild the library for ABI 1, or update the program.")
      return nil
    }
    return ABIVersion(major: UInt32(version.major), minor: UInt32(version.minor))
  }
}

extension Form<String> {
  /// A bare file name, or a relative path that cannot leave the spec's folder.
  static var pathInside: Form {
    text.then { path, value, name, problems in
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(where: { ["", ".", ".."].contains($0) }), !path.contains("\0") else {
        problems.add(
          "\(name) is \"\(path)\"; it must be a file name, or a relative path that stays inside the "
            + "spec's folder", at: value.place)
        return nil
      }
      return path
    }
  }
}
