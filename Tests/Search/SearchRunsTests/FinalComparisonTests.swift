import Core
import Evaluation
import PrecisionSearch
import SearchRuns
import Testing

/// The comparison at the end: what is asked, in which order, and what comes of it.
struct FinalComparisonTests {
  /// `W8A4 W4A8` takes 32 + 32 s, `W4A4 W4A4` 16 + 16 s.
  private static let finalists = [
    Fixture.policy("W8A4", "W4A8"), Fixture.policy("W4A4", "W4A4"),
  ]

  private struct Outage: Error {}

  private func comparison(
    _ problem: SearchProblem, fineTuning: FineTuning? = nil
  ) throws -> FinalComparison {
    try FinalComparison(
      problem,
      finalists: Self.finalists.map {
        MeasuredPolicy(
          policy: $0, cost: try problem.cost(of: $0),
          result: EvaluationResult(accuracy: 0, loss: 0, samples: 1))
      }, fineTuning: fineTuning)
  }

  @Test("finalists come first, then the uniform baseline, then the test split once for each winner")
  func order() throws {
    let evaluator = ScriptedEvaluator()
    var steps: [PlannedMeasurement] = []
    let comparison = try comparison(try Fixture.problem())
    let result = try comparison.run(evaluator) { steps.append($0) }
    #expect(
      evaluator.questions == [
        "float", "W8A4 W4A8", "W4A4 W4A4", "W4A8 W4A8", "W8A4 W8A4", "W8A4 W4A8 test", "W8A4 W8A4 test",
        "float test", "W8A8 W8A8", "W8A8 W8A8 test",
      ])
    #expect(steps == comparison.planned)
    // By hand: 6 bits of weights and activations on average against 4 and 4.
    #expect(result.searched?.measured.policy == Self.finalists[0])
    #expect(result.searched?.measured.result.figures?.accuracy == 0.06 + 0.006)
    #expect(result.bestUniform?.precision == Precision("W8A4"))
    #expect(result.uniformCandidates.map(\.precision) == [Precision("W4A8"), Precision("W8A4")])
    #expect(result.reference?.contender.measured.cost == 128)
    #expect(result.pact.isEmpty && result.deepCompression == nil)
  }

  @Test("with PACT every policy is tried as calibrated, too, but the paper's baseline is not")
  func pact() throws {
    let evaluator = ScriptedEvaluator()
    let tuning = FineTuning(samples: 64, learningRate: 0.1, seed: 1, activationClips: .learned)
    let result = try comparison(try Fixture.problem(), fineTuning: tuning).run(evaluator)
    #expect(
      evaluator.questions == [
        "float", "W8A4 W4A8 tuned", "W8A4 W4A8", "W4A4 W4A4 tuned", "W4A4 W4A4", "W4A8 W4A8 tuned",
        "W4A8 W4A8", "W8A4 W8A4 tuned", "W8A4 W8A4", "W8A4 W4A8 tuned test", "W8A4 W8A4 tuned test",
        "float test", "W4A4 W4A4 tuned", "W4A4 W4A4 tuned test", "W8A8 W8A8 tuned", "W8A8 W8A8",
        "W8A8 W8A8 tuned test",
      ])
    #expect(result.pact.map(\.precision) == [Precision("W4A4")])
  }

  @Test("for the least cost, uniform policies are measured cheapest first until one keeps the accuracy")
  func cheapest() throws {
    let evaluator = ScriptedEvaluator()
    // By hand: of 0.9, 0.85 may be lost; W4A2 (0.042) has not the 0.05 that are left, W8A2 (0.082) has.
    let objective = Objective.cost(Resource(.latency), drop: 0.85)
    let comparison = try comparison(try Fixture.problem(objective: objective))
    let result = try comparison.run(evaluator)
    #expect(result.bestUniform?.precision == Precision("W8A2"))
    let uniform = result.uniformCandidates.map { "\($0.precision)" }
    #expect(uniform.first == "W2A2" && uniform.last == "W8A2")
    #expect(uniform.count < comparison.planned.count { if case .uniform = $0 { true } else { false } })
  }

  @Test("when the evaluator fails on every finalist, the baselines are compared all the same")
  func failedFinalists() throws {
    let evaluator = ScriptedEvaluator()
    evaluator.failure = { Self.finalists.contains($0) ? "exit status 9" : nil }
    let result = try comparison(try Fixture.problem()).run(evaluator)
    #expect(result.searched == nil && result.bestUniform?.precision == Precision("W8A4"))
    #expect(!evaluator.questions.contains("W8A4 W4A8 test"))
  }

  @Test("an evaluator that breaks ends the comparison with its own error")
  func broken() throws {
    for question in 1...10 {
      let evaluator = ScriptedEvaluator()
      evaluator.interruption = { if $0 == question { throw Outage() } }
      #expect(throws: Outage.self) { try comparison(try Fixture.problem()).run(evaluator) }
    }
  }
}
