import Core
public import CostPrograms
import Foundation
import Hashing
import PluginLoading
import Specs

extension Target {
  /// The largest file that a command names, in bytes, and the largest file of answers.
  private static let programSizeLimit = 256 << 20

  /// The program of the target, started, with the answers that are recorded beside the spec.
  ///
  /// Throws `TargetError` for a program that is not started or is another than the spec says, `CostProgramError` for one
  /// that does not answer, and what the listener of `programPlace` throws. The model must be a program.
  public func programModel() throws -> ProgramCostModel {
    let launch = try programLaunch()
    let files = try programDigests()
    let program = try CostProgram(launch, onNews: programPlace.onNews)
    try requireOfProgram(program.description)
    let setup = AnswerSetup(program.description, launch, files: files)
    let answers = try AnswerFile(path: answersPath, contents: try recordedBytes(), setup: setup)
    return ProgramCostModel(
      program, recordingIn: answers, launch: launch, metrics: Set(spec.capabilities.aggregates.keys))
  }

  /// The same, to ask it one question after the other; the spec's checks have held.
  ///
  /// Throws as `programModel()` does, and `TargetError` for checks that do not hold.
  public func answeredProgram() throws -> AnsweredProgram {
    let launch = try programLaunch()
    let files = try programDigests()
    let program = try CostProgram(launch, onNews: programPlace.onNews)
    try requireOfProgram(program.description)
    let setup = AnswerSetup(program.description, launch, files: files)
    let answers = try AnswerFile(path: answersPath, contents: try recordedBytes(), setup: setup)
    let answered = AnsweredProgram(program, recordingIn: answers, command: launch.command)
    let metrics = Set(spec.capabilities.aggregates.keys)
    try verifyChecks { points, network in
      try points.map {
        try answered.outcome(of: network.layers[$0.layer], $0.precision, batch: network.batch, metrics)
      }
    }
    return answered
  }

  /// SHA-256 of the files that the command names, by name.
  private func programDigests() throws -> [String: String] {
    try Dictionary(
      programFilePaths.map { (URL(filePath: $0).lastPathComponent, try Self.programDigest(of: $0)) }
    ) { first, second in Data((first + second).utf8).sha256 }
  }

  /// Whether the target's costs come from a program of the user's.
  public var isProgram: Bool { if case .program = spec.model { true } else { false } }

  /// Where the answers of the target's program are recorded.
  public var answersPath: String { "\(folder)/\(spec.id).answers" }

  /// The files that the program's command names; empty for other models.
  package var programFilePaths: [String] {
    if case .program(let model) = spec.model { programFiles(of: model) } else { [] }
  }

  /// The files that the command names, seen from the spec's folder; absolute.
  func programFiles(of model: TargetSpec.Program) -> [String] {
    model.command.enumerated().compactMap { position, word in
      // A first word without a slash is looked for in PATH.
      guard position > 0 || word.contains("/") else { return nil }
      let path = absolute(word)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        return nil
      }
      return path
    }
  }

  /// SHA-256 of a program's file; refuses one that another user may write to.
  package static func programDigest(of path: String) throws -> String {
    Data(try TrustedFile.read(path, limit: programSizeLimit)).sha256
  }

  private func recordedBytes() throws -> Data? {
    guard FileManager.default.fileExists(atPath: answersPath) else { return nil }
    return Data(try TrustedFile.read(answersPath, limit: Self.programSizeLimit))
  }

  private func absolute(_ word: String) -> String { word.hasPrefix("/") ? word : "\(folder)/\(word)" }

  /// Programs run with the user's rights, so that only the user decides which do.
  ///
  /// The model must be a program.
  package func programLaunch() throws(TargetError) -> CostProgramLaunch {
    guard case .program(let model) = spec.model else { preconditionFailure("the model is no program") }
    switch origin {
    case .commandLine, .replaced, .added, .userData: break
    case .systemData, .besideProgram, .checkout:
      throw .programNotAllowed(target: spec.id, file: file)
    }
    let name = model.command[0]
    let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    let places =
      name.contains("/")
      ? [absolute(name)]
      : search.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
    guard let executable = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw .missingProgram(name, target: spec.id, lookedAt: places)
    }
    return CostProgramLaunch(
      words: model.command, executable: executable, folder: folder,
      parameters: Dictionary(spec.parameters.map { ($0.key, $0.value) }) { first, _ in first },
      timeoutSeconds: model.timeoutSeconds
    ).launched(by: programPlace.launcher)
  }

  /// Throws what the spec promises and the program does not have.
  package func requireOfProgram(_ description: ProgramDescription) throws(TargetError) {
    let capabilities = spec.capabilities
    var lacking: [String] = []
    let metrics = capabilities.aggregates.keys.filter { !description.knownMetrics.contains($0) }
    if !metrics.isEmpty {
      lacking.append("the metrics \(metrics.map(\.key).sorted().joined(separator: ", "))")
    }
    let missing = capabilities.legalPairs.filter { !description.pairs.contains($0) }
    if !missing.isEmpty {
      lacking.append("the widths \(missing.map(\.description).joined(separator: ", "))")
    }
    let kinds = capabilities.layers.filter { kind in
      !description.kinds.contains(kind)
        && !(kind == .transposedConvolution && description.kinds.contains(.convolution))
    }
    if !kinds.isEmpty {
      lacking.append("layers of the kinds \(kinds.map(\.rawValue).joined(separator: ", "))")
    }
    if capabilities.aggregates.values.contains(.network), description.network != true {
      lacking.append("costs of networks as a whole")
    }
    guard lacking.isEmpty else {
      throw .programLacks(lacking, target: spec.id, program: description.program, file: file)
    }
  }
}
