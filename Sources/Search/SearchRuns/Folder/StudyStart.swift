import Diagnostics
import Foundation
import Studies

/// How a search comes to its study: made anew, made from another one's answers, or carried on.
struct StudyStart {
  var arguments: [String]
  var facts: StudyFacts
  var problem: StudyProblem
  var costTables: String
  /// The study whose answers are taken over.
  var forked: String?

  /// Creates the study of a new folder; otherwise checks that nothing has changed since it was started.
  func study(in folder: RunFolder) throws -> Study {
    guard let study = folder.study else {
      return try folder.start(
        NewStudy(
          arguments: arguments, directory: FileManager.default.currentDirectoryPath, facts: facts,
          problem: problem, documents: [.costTables: costTables], evaluations: try evaluations()))
    }
    let recorded = try study.records.facts()
    let differences = Self.differences(recorded, facts, in: [.accuracy, .cost, .search], path: study.path)
    guard differences.isEmpty else { throw StudyError.changed(path: study.path, differences) }
    let other = recorded.differences(to: facts, in: [.program])
    if !other.isEmpty {
      Failure.warn([
        Diagnostic(
          "this is not the program that started the study (\(other.map(\.description).joined(separator: "; "))).",
          at: .init(file: study.path),
          hint: "It carries on, and stops where it would search another way than is recorded.")
      ])
    }
    return study
  }

  /// What is not the same; that an old study does not say what its data held is told, and does not count.
  private static func differences(
    _ recorded: StudyFacts, _ facts: StudyFacts, in parts: Set<StudyFacts.Part>, path: String
  ) -> [StudyFacts.Difference] {
    let names = [DataFingerprint.names.contents, DataFingerprint.names.sizes]
    let differences = recorded.differences(to: facts, in: parts)
    guard names.allSatisfy({ recorded.value(.accuracy, $0) == nil }) else { return differences }
    let others = differences.filter { !names.contains($0.name) }
    if others.count < differences.count {
      Failure.warn([
        Diagnostic(
          "the study was made before the contents of the data were recorded, so whether they have changed cannot be checked.",
          at: .init(file: path))
      ])
    }
    return others
  }

  /// The answers of the other study, which hold only for what they were measured on.
  private func evaluations() throws -> [RecordedEvaluation] {
    guard let forked else { return [] }
    let path = try StudyPlaces.study(named: forked)
    let records = try StudyRecords(path)
    let differences = Self.differences(try records.facts(), facts, in: [.accuracy], path: path)
    guard differences.isEmpty else {
      throw Diagnostic(
        "no answer of this study holds for the new one, because what accuracy depends on is not the same:\n"
          + differences.map { "  \($0)" }.joined(separator: "\n"), at: .init(file: path))
    }
    return try records.evaluations()
  }
}
