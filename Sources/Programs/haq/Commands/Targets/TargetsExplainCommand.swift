import ArgumentParser
import Core
import Diagnostics
import Documents
import Foundation
import Specs
import Targets

/// `haq targets explain`: every place and file that haq searched, the outcome, and how libraries are confined; loads none.
struct TargetsExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Explains which folders haq searches for targets, what it finds, what it uses, and how it confines libraries.",
    discussion: """
      With an id, haq lists only the files of that target, and the places where it searches for its library. No library \
      is loaded; haq starts an empty sandbox to see what this kernel grants (docs/threat-model.md).

      Examples:
        haq targets explain
        haq targets explain bismo-vu9p
      """)

  @Argument(help: "Id of a target. (default: all targets)")
  var id: String?

  @OptionGroup var format: FormatOption

  func run() throws {
    let searchPath = RunningProgram.searchPath
    let survey = TargetSurvey(of: searchPath, program: RunningProgram.path)
    let document = DiscoveryDocument(
      survey, notes: searchPath.notes, about: id,
      modelFiles: survey.files.lazy.compactMap { Self.target(of: $0.file, called: id) }.first
        .map(Self.modelFiles),
      sandbox: .init(Result { try Installation(program: RunningProgram.path).confinement() }))
    try format.print(document, text: document.text)
    if let id, !document.hasTarget { _ = try TargetCatalog(survey, program: RunningProgram.path).target(id) }
  }

  private static func target(of file: TargetSurvey.ExaminedFile, called id: String?) -> Target? {
    guard case .usable(let target) = file.verdict, target.spec.id == id else { return nil }
    return target
  }

  /// Every place of the library or table, in order; hashes what is there, but loads nothing.
  private static func modelFiles(of target: Target) -> [DiscoveryDocument.ModelFile] {
    let paths = target.modelFileCandidates
    guard let found = paths.firstIndex(where: { FileManager.default.fileExists(atPath: $0) }) else {
      return paths.map { .init(path: $0, verdict: .absent) }
    }
    return paths.enumerated().map { index, path in
      if index < found { return .init(path: path, verdict: .absent) }
      if index > found { return .init(path: path, verdict: .notLookedAt, why: "the one above was found") }
      do {
        return .init(path: path, verdict: .used, why: try target.modelFileSHA256().map { "SHA-256 \($0)" })
      } catch {
        return .init(path: path, verdict: .refused, why: "\(error)")
      }
    }
  }
}
