import Core
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SearchRuns
import Studies
import Testing

/// Several evaluators at once write the study that one writes, whoever answers first.
final class WorkersTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  /// All policies of some layers that have the same widths to choose from.
  struct Space: CustomTestStringConvertible {
    var layers: Int
    var weights: [Int]
    var activations: [Int]

    var policyCount: Int {
      (0..<layers).reduce(1) { count, _ in count * weights.count * activations.count }
    }

    var testDescription: String { "\(policyCount) policies" }

    private struct Product: CostModel {
      func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
        points.map {
          .cost(
            Cost(values: [
              .latency: Double(($0.layer + 1) * $0.precision.weight.bits + $0.precision.activation.bits)
            ]))
        }
      }
    }

    func problem(_ objective: Objective) throws -> SearchProblem {
      let table = try CostTable(
        of: Network(
          name: "fixture",
          layers: (0..<layers).map {
            Layer(name: "layer\($0)", kind: .convolution, inputChannels: $0 + 1, outputChannels: $0 + 2)
          }),
        from: Product(), weightWidths: weights.map { BitWidth($0)! },
        activationWidths: activations.map { BitWidth($0)! }, aggregates: [.latency: .sum],
        provenance: .target(.init(id: "board", specSHA256: "spec")))
      let space = try SearchSpace(table, pinning: .none)
      return SearchProblem(
        space, budgets: try BudgetSet([BudgetRequest(.latency, .relative(1))], in: space),
        objective: objective)
    }

    var evaluator: EvaluatorDescription {
      EvaluatorDescription(
        program: "delayed 1", network: "fixture", layers: (0..<layers).map { "layer\($0)" }, data: "none",
        trainingSamples: 100, validationSamples: 100, testSamples: 100)
    }
  }

  static let spaces = [
    Space(layers: 1, weights: [8], activations: [4, 8]),
    Space(layers: 1, weights: [2, 4, 8], activations: [8]),
    Space(layers: 2, weights: [4, 8], activations: [8]),
    Space(layers: 2, weights: [4, 8], activations: [4, 8]),
    Space(layers: 3, weights: [2, 4, 8], activations: [8]),
    Space(layers: 2, weights: [2, 3, 4, 5, 6, 7, 8], activations: [8]),
  ]

  private static func settings(_ method: SearchSettings.Method, seed: UInt64) -> SearchSettings {
    var settings = SearchSettings()
    (settings.method, settings.evaluations, settings.seed) = (method, 40, seed)
    (settings.finalists, settings.searchesEnds, settings.searchSamples) = (3, true, 50)
    settings.training.finalSamples = 64
    settings.agent.hidden = .init(first: 8, second: 8)
    settings.agent.warmUp = 5
    return settings
  }

  /// What of a study must not depend on the number of workers.
  private struct Content: Equatable {
    var questions: [EvaluationRequest]
    var results: [EvaluationResult]
    var numbers: [Int]
    var episodes: [Episode]
    var documents: [String?]
  }

  private func content(
    _ space: Space, _ settings: SearchSettings, _ objective: Objective, workers: Int
  ) throws -> Content {
    let problem = try space.problem(objective)
    let run = SearchRun(problem, try SearchPlan(settings), evaluator: space.evaluator)
    let path = temporary.path(UUID().uuidString)
    let folder = try RunFolder(creating: path, programSHA256: "program")
    let facts = SearchFacts(run, evaluator: .init(command: "delayed", networkSHA256: "content", data: nil))
    let start = StudyStart(
      arguments: ["fixture"], facts: facts.all(programSHA256: "program"), problem: run.studyProblem,
      costTables: problem.space.tables)
    let description = space.evaluator
    let pool = try EvaluatorPool(workers, command: "delayed") { _, _ in
      DelayedEvaluator(description, longestDelayMicroseconds: workers == 1 ? 0 : 2000)
    }
    defer { pool.end() }
    let observer = SearchObserver()
    _ = try run.run(asking: pool, in: try start.files(in: folder, observer), observer)
    let records = try StudyRecords("\(path)/study.haq")
    let evaluations = try records.evaluations()
    return Content(
      questions: evaluations.map(\.request), results: evaluations.map(\.result),
      numbers: evaluations.map(\.number), episodes: try records.episodes(),
      documents: try [.policy, .sensitivity, .report].map(records.document))
  }

  @Test(
    "any method in any small space asks the same questions under the same numbers",
    arguments: SearchSettings.Method.allCases, spaces)
  func same(method: SearchSettings.Method, space: Space) throws {
    let seed = UInt64.random(in: 1...1000)
    let settings = Self.settings(method, seed: seed)
    let one = try content(space, settings, .accuracy, workers: 1)
    #expect(one.numbers == Array(1...one.numbers.count) && Set(one.questions).count == one.questions.count)
    for workers in [2, 3, 8] {
      #expect(
        try content(space, settings, .accuracy, workers: workers) == one, "seed \(seed), \(workers) workers")
    }
  }

  @Test(
    "so does a search for the least cost", arguments: [SearchSettings.Method.auto, .evolution], spaces)
  func leastCost(method: SearchSettings.Method, space: Space) throws {
    let objective = Objective.cost(Resource(.latency), drop: 0.85)
    let settings = Self.settings(method, seed: 3)
    let one = try content(space, settings, objective, workers: 1)
    #expect(try content(space, settings, objective, workers: 3) == one)
  }

  @Test("so does an agent that proposes before it knows all rewards", arguments: spaces)
  func rewardLag(space: Space) throws {
    let seed = UInt64.random(in: 1...1000)
    var settings = Self.settings(.ddpg, seed: seed)
    settings.agent.rewardLag = 6
    let one = try content(space, settings, .accuracy, workers: 1)
    #expect(one.numbers == Array(1...one.numbers.count) && Set(one.questions).count == one.questions.count)
    for workers in [2, 3, 8] {
      #expect(
        try content(space, settings, .accuracy, workers: workers) == one, "seed \(seed), \(workers) workers")
    }
  }

  @Test("so does a search of auto and random that stops hopeless evaluations", arguments: spaces)
  func earlyStopping(space: Space) throws {
    for method in [SearchSettings.Method.auto, .random] {
      var settings = Self.settings(method, seed: 5)
      settings.earlyStopping = 0.01
      let one = try content(space, settings, .accuracy, workers: 1)
      #expect(try content(space, settings, .accuracy, workers: 3) == one)
    }
  }
}
