public import Core
import Diagnostics
import Foundation
import Rendering
public import Studies

/// How a search gets its study: new, from another study's evaluations, or resumed.
public struct StudyStart {
  /// The command line that started the search, without the program's name.
  public var arguments: [String]
  public var facts: StudyFacts
  public var problem: StudyProblem
  /// One for each target.
  public var costTables: [CostTable]
  /// The study whose evaluations are taken over: its file or its run folder.
  public var forked: String?

  public init(
    arguments: [String], facts: StudyFacts, problem: StudyProblem, costTables: [CostTable],
    forked: String? = nil
  ) {
    self.arguments = arguments
    self.facts = facts
    self.problem = problem
    self.costTables = costTables
    self.forked = forked
  }

  /// Creates the study of a new folder; otherwise checks that nothing has changed since it was started.
  public func files(in folder: RunFolder, _ observer: SearchObserver) throws -> RunFiles {
    if let study = folder.resumed {
      try requireUnchanged(study, observer)
      return RunFiles(study, in: folder)
    }
    let contents = NewStudy(
      arguments: arguments, directory: FileManager.default.currentDirectoryPath, facts: facts,
      problem: problem, documents: [.costTables: try JSONReport.text(of: costTables)],
      evaluations: try evaluations(observer))
    let study = try Study.create(at: folder.studyPath, contents, programSHA256: folder.programSHA256)
    return RunFiles(study, in: folder)
  }

  private func requireUnchanged(_ study: Study, _ observer: SearchObserver) throws {
    let recorded = try study.records.facts()
    let differences = differences(
      to: recorded, in: [.accuracy, .cost, .search], path: study.path, observer)
    guard differences.isEmpty else { throw StudyError.changed(path: study.path, differences) }
    let other = recorded.differences(to: facts, in: [.program])
    guard !other.isEmpty else { return }
    observer.warn([
      Diagnostic(
        "this is not the program that started the study (\(other.map(\.description).joined(separator: "; "))).",
        at: .init(file: study.path),
        hint: "It continues, and stops if the search differs from the recorded one.")
    ])
  }

  /// Facts that differ. A study too old to have a data fingerprint only produces a warning.
  private func differences(
    to recorded: StudyFacts, in parts: Set<StudyFacts.Part>, path: String, _ observer: SearchObserver
  ) -> [StudyFacts.Difference] {
    let names = [DataFingerprint.names.contents, DataFingerprint.names.sizes]
    let differences = recorded.differences(to: facts, in: parts)
    guard names.allSatisfy({ recorded.value(.accuracy, $0) == nil }) else { return differences }
    let others = differences.filter { !names.contains($0.name) }
    if others.count < differences.count {
      observer.warn([
        Diagnostic(
          "the study does not record the contents of its data, so haq cannot check whether they have changed.",
          at: .init(file: path))
      ])
    }
    return others
  }

  /// The evaluations of the other study, which hold only for what they were measured on.
  private func evaluations(_ observer: SearchObserver) throws -> [RecordedEvaluation] {
    guard let forked else { return [] }
    let path = try StudyPlaces.study(named: forked)
    let records = try StudyRecords(path)
    let differences = differences(to: try records.facts(), in: [.accuracy], path: path, observer)
    guard differences.isEmpty else {
      throw Diagnostic(
        "no evaluation of this study is valid for the new one, because these facts differ:\n"
          + differences.map { "  \($0)" }.joined(separator: "\n"), at: .init(file: path))
    }
    return try records.evaluations()
  }
}
