import Core
import Evaluation
import FixtureBuilding
import PrecisionSearch
import Studies
import Testing

/// Estimates of sensitivities, in a study.
struct EstimateTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private final class Estimating: AccuracyEvaluator {
    var asked: [EvaluationRequest] = []

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      asked.append(request)
      var figures = EvaluationResult.Figures(accuracy: 0.5, loss: 1, samples: 4, divergence: 0.25)
      figures.estimatedIncreases = request.narrowings.map { $0.map { 1 / Double($0.width.bits) } }
      return .measured(figures)
    }
  }

  private func create(at name: String, _ evaluations: [RecordedEvaluation] = []) throws -> Study {
    try Study.create(
      at: "\(folder.path)/\(name)",
      NewStudy(
        arguments: [], directory: "/", facts: StudyFacts([]),
        problem: StudyProblem(objective: .accuracy, budgets: [], evaluations: 4, searchSamples: 10),
        evaluations: evaluations), programSHA256: "0")
  }

  private static func request(_ bits: [Int]?) -> EvaluationRequest {
    EvaluationRequest(
      policy: Policy([.eight]), split: .validation, samples: 4,
      narrowings: bits?.map { Narrowing(layers: [0], operand: .weight, width: BitWidth($0)!) })
  }

  @Test("estimates are kept, also by a fork, and are no part of the question")
  func kept() throws {
    let evaluator = Estimating()
    do {
      let first = try RecordedEvaluator(try create(at: "study.haq"), asking: evaluator) { _ in [:] }
      #expect(try first.evaluate(Self.request([2, 4])).figures?.estimatedIncreases == [0.5, 0.25])
      // The same question without them has the recorded answer.
      #expect(try first.evaluate(Self.request(nil)).figures?.estimatedIncreases == nil)
    }
    #expect(evaluator.asked.count == 1)
    let records = try StudyRecords("\(folder.path)/study.haq")
    let evaluations = try records.evaluations()
    #expect(evaluations.map(\.result.figures?.estimatedIncreases) == [[0.5, 0.25]])
    _ = try records.verify()

    let forked = try RecordedEvaluator(try create(at: "fork.haq", evaluations), asking: evaluator) { _ in
      [:]
    }
    #expect(try forked.evaluate(Self.request([2, 4])).figures?.estimatedIncreases == [0.5, 0.25])
    #expect(evaluator.asked.count == 1)
  }

  @Test("an answer that is recorded without them, or with others, is asked for them once, and they are kept")
  func added() throws {
    let evaluator = Estimating()
    do {
      let first = try RecordedEvaluator(try create(at: "study.haq"), asking: evaluator) { _ in [:] }
      _ = try first.evaluate(Self.request(nil))
      #expect(try first.evaluate(Self.request([4])).figures?.estimatedIncreases == [0.25])
      #expect(try first.evaluate(Self.request([4])).figures?.estimatedIncreases == [0.25])
      #expect(evaluator.asked.count == 2)
      #expect(try first.evaluate(Self.request([8])).figures?.estimatedIncreases == [0.125])
    }
    #expect(evaluator.asked.count == 3)
    let evaluations = try StudyRecords("\(folder.path)/study.haq").evaluations()
    #expect(evaluations.map(\.number) == [1])
    #expect(evaluations.map(\.result.figures?.estimatedIncreases) == [[0.125]])
    let again = try RecordedEvaluator(
      try Study(at: "\(folder.path)/study.haq", programSHA256: "0"), asking: evaluator
    ) { _ in [:] }
    #expect(try again.evaluate(Self.request([8])).figures?.estimatedIncreases == [0.125])
    #expect(evaluator.asked.count == 3)
  }
}
