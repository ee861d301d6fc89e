import Core
import Evaluation
import FixtureBuilding
import PrecisionSearch
import Studies
import Testing

/// An evaluator that answers a recorded question otherwise than before is noticed.
struct ChangedAnswersTests {
  /// Answers every question with one accuracy and one loss.
  private struct Constant: AccuracyEvaluator {
    var accuracy: Double
    var loss = 1.0
    var latency: Double?

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      var figures = EvaluationResult.Figures(accuracy: accuracy, loss: loss, samples: request.samples ?? 10)
      figures.latency = latency
      return .measured(figures)
    }
  }

  private static let float = EvaluationRequest(policy: nil, split: .test)

  private static func request(_ weight: Int) -> EvaluationRequest {
    EvaluationRequest(
      policy: Policy([.eight, Precision(weight: BitWidth(weight)!, activation: .eight)]),
      fineTuning: FineTuning(samples: 64, learningRate: 0.1, seed: 1), samples: 100)
  }

  @Test("before a new answer is recorded, by the question that takes least; rounding and clocks do not count")
  func changedAnswers() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path("study.haq")
    let contents = NewStudy(
      arguments: ["made-up"], directory: "/", facts: StudyFacts([.init(.accuracy, "network", "made up")]),
      problem: StudyProblem(objective: .accuracy, budgets: [], evaluations: 4, searchSamples: 100))
    do {
      let study = try Study.create(at: path, contents, programSHA256: "0")
      let recorded = try RecordedEvaluator(study, asking: Constant(accuracy: 0.75)) { _ in [:] }
      _ = try [Self.request(2), Self.float].map(recorded.evaluate)
    }
    func resumed(_ evaluator: Constant) throws {
      let study = try Study(at: path, programSHA256: "0")
      let recorded = try RecordedEvaluator(study, asking: evaluator) { _ in [:] }
      _ = try [Self.request(2), Self.float, Self.request(3)].map(recorded.evaluate)
    }
    // The float network is asked about again: it needs no fine-tuning.
    for other in [Constant(accuracy: 0.5), Constant(accuracy: 0.75, loss: 1.001)] {
      #expect(
        throws: StudyError.answersChanged(
          path: path, number: 2, recorded: "accuracy 0.75, loss 1.0 on 10 samples",
          now: "accuracy \(other.accuracy), loss \(other.loss) on 10 samples")
      ) { try resumed(other) }
      #expect(try StudyRecords(path).evaluationCount() == 2)
    }
    try resumed(Constant(accuracy: 0.75, loss: 1 + 1e-9, latency: 0.1))
    #expect(try StudyRecords(path).evaluationCount() == 3)
  }
}
