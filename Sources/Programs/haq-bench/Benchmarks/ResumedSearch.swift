import Core
import Evaluation
import Foundation
import PrecisionSearch
import SearchRuns
import Studies
import StudyBuilding

/// A search that was interrupted after thousands of policies, until it needs its evaluator again.
struct ResumedSearch: Benchmark {
  private let folder: URL

  private static let layers = 24
  private static let recorded = 6462
  private static let floorMilliseconds = 3000.0

  init(in folder: URL) { self.folder = folder }

  func measure(runs: Int) throws -> [Measurement] {
    let search = folder.appending(path: "search").path
    try run(in: RunFolder(creating: search, programSHA256: "0"), answering: Self.recorded + 1)
    let times = try (0..<runs).map { run in
      let copy = folder.appending(path: "search-\(run)").path
      try FileManager.default.copyItem(atPath: search, toPath: copy)
      return try seconds {
        let study = URL(filePath: copy).appending(path: StudyPlaces.fileName).path
        try self.run(in: RunFolder(resuming: study, programSHA256: "0"), answering: 0)
      }
    }
    return [
      Measurement(
        "carrying a search on that has measured \(Self.recorded) policies of \(Self.layers) layers",
        seconds: times, floorMilliseconds: Self.floorMilliseconds)
    ]
  }

  /// Answers a number of questions at once, then ends the search.
  private final class Ending: AccuracyEvaluator {
    private var left: Int

    init(after count: Int) { left = count }

    struct Ended: Error {}

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      guard left > 0 else { throw Ended() }
      left -= 1
      let bits = (request.policy?.precisions ?? []).reduce(0) { $0 + $1.weight.bits + $1.activation.bits }
      return EvaluationResult(
        accuracy: request.policy == nil ? 0.9 : Double(bits) / 1000, loss: 1, samples: request.samples ?? 2000
      )
    }
  }

  private func run(in folder: RunFolder, answering count: Int) throws {
    let run = try Self.search()
    let facts = StudyFacts([.init(.accuracy, "network", "24 layers"), .init(.cost, "target", "board")])
    let start = StudyStart(
      arguments: [], facts: facts, problem: run.studyProblem, costTables: run.problem.space.tables)
    let observer = SearchObserver()
    do {
      _ = try run.run(
        asking: Ending(after: count), in: try start.files(in: folder, observer), observer)
    } catch let failure as SearchFailure where failure.cause is Ending.Ended {
    }
  }

  private static func search() throws -> SearchRun {
    let space = try SearchSpace(LongStudy.table(layers: layers))
    let problem = SearchProblem(
      space, budgets: try BudgetSet([BudgetRequest(.latency, .relative(0.5))], in: space),
      objective: .accuracy)
    var settings = SearchSettings()
    (settings.method, settings.evaluations) = (.random, 2 * recorded)
    settings.training.finalSamples = 0
    return try SearchRun(
      problem, SearchPlan(settings),
      evaluator: EvaluatorDescription(
        program: "none", network: "\(layers) layers", layers: problem.space.table.network.layers.map(\.name),
        data: "none", trainingSamples: 0, validationSamples: 2000, testSamples: 2000))
  }
}
