import Diagnostics
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SearchRuns
import Studies
import Testing

/// A search in a folder of its own, and everything that it reports.
final class RunningSearch {
  let evaluator = ScriptedEvaluator()
  private(set) var events: [SearchEvent] = []
  /// Whether the run is to stop, after an event.
  var stopsAfter: (SearchEvent) -> Bool = { _ in false }
  /// Facts of the evaluator, and of the program.
  var networkSHA256 = "content"
  var programSHA256 = "program"
  /// What is searched.
  var problem = { try Fixture.problem() }
  private var isStopped = false
  private let folder: String

  init(_ folder: String) { self.folder = folder }

  var observer: SearchObserver {
    SearchObserver(
      onEvent: {
        self.events.append($0)
        if self.stopsAfter($0) { self.isStopped = true }
      }, shouldStop: { self.isStopped })
  }

  var warnings: [String] {
    events.compactMap { if case .warning(let warning) = $0 { warning.message } else { nil } }
  }

  /// Runs the search in a new folder, or carries it on.
  func run(
    _ settings: SearchSettings, resuming: Bool = false, forking forked: String? = nil
  ) throws -> SearchDocument {
    let run = try Fixture.run(settings, problem())
    let folder =
      resuming
      ? try RunFolder(resuming: "\(folder)/study.haq", programSHA256: programSHA256)
      : try RunFolder(creating: folder, programSHA256: programSHA256)
    let facts = SearchFacts(
      run, evaluator: .init(command: "scripted", networkSHA256: networkSHA256, data: nil))
    let start = StudyStart(
      arguments: ["fixture"], facts: facts.all(programSHA256: programSHA256),
      problem: run.studyProblem,
      costTables: run.problem.space.tables, forked: forked)
    return try run.run(asking: evaluator, in: try start.files(in: folder, observer), observer)
  }

  /// What must not depend on interruptions.
  func files() throws -> [String: String] {
    try ["policy.json", "episodes.jsonl", "report.json"].reduce(into: [:]) { $0[$1] = try text($1) }
  }

  func text(_ file: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
  }
}
