import Core
import Evaluation
import FixtureBuilding
import PrecisionSearch
import Studies
import Testing

/// Which samples of the test split a policy gets right, in a study.
struct CorrectSamplesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func create(at name: String, _ evaluations: [RecordedEvaluation] = []) throws -> Study {
    try Study.create(
      at: "\(folder.path)/\(name)",
      NewStudy(
        arguments: [], directory: "/", facts: StudyFacts([]),
        problem: StudyProblem(objective: .accuracy, budgets: [], evaluations: 4, searchSamples: 10),
        evaluations: evaluations), programSHA256: "0")
  }

  private static let policy = EvaluationRequest(policy: Policy([.eight]), samples: 10)

  @Test("which samples were right is kept, also by a fork, and is no part of the question")
  func correctSamples() throws {
    final class Telling: AccuracyEvaluator {
      var asked = 0

      func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
        asked += 1
        var figures = EvaluationResult.Figures(accuracy: 0.5, loss: 1, samples: 4)
        if request.policy == nil { figures.correctSamples = CorrectSamples([true, false, false, true]) }
        return .measured(figures)
      }
    }
    let evaluator = Telling()
    let asking = EvaluationRequest(policy: nil, split: .test, extras: [.correctSamples])
    let first = try RecordedEvaluator(try create(at: "study.haq"), asking: evaluator) { _ in [:] }
    _ = try [Self.policy, asking].map(first.evaluate)
    let evaluations = try StudyRecords("\(folder.path)/study.haq").evaluations()
    #expect(evaluations.map { $0.result.figures?.correctSamples?.base64 } == [nil, "kA=="])

    // 1001 and four zeros are 0x90. A fork numbers anew: the policy is left out here.
    let copy = try create(at: "fork.haq", Array(evaluations.suffix(1)))
    let forked = try RecordedEvaluator(copy, asking: evaluator) { _ in [:] }
    for request in [asking, EvaluationRequest(policy: nil, split: .test)] {
      #expect(try forked.evaluate(request).figures?.correctSamples?.base64 == "kA==")
    }
    #expect(evaluator.asked == 2)
  }
}
