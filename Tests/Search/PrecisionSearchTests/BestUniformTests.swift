import Core
import Evaluation
import PrecisionSearch
import Testing

@Suite struct BestUniformTests {
  @Test("measuring the candidates finds the best of all pairs within the budget", arguments: 1...8)
  func bruteForce(seed: Int) throws {
    let cost = Fixture.irregular(seed)
    let table = try Fixture.table(layers: 4) { layer, precision in
      Double(precision.weight.bits * precision.activation.bits) + cost(layer, precision) / 10
    }
    let space = try SearchSpace(table)
    let budget = try Budget(.latency, .relative(0.75), in: space)
    // More bits never hurt; which role matters more depends on the seed.
    let accuracy = { (precision: Precision) in
      Double(precision.weight.bits) * Double(seed % 4) + Double(precision.activation.bits) * 1.5
    }
    let evaluator = FormulaEvaluator { accuracy($0.policy![1]) }
    let uniform = try BestUniform(SearchProblem(space, budget: budget))
    let result = try uniform.run(evaluator, FinalMeasurement(fineTuning: nil))

    let admitted = try space.precisions(ofLayer: 1).filter {
      try budget.admits(space.uniform($0)!, in: space)
    }
    #expect(result.best?.measured.accuracy == admitted.map(accuracy).max()!)
    #expect(result.entries.count == uniform.candidates.count)
    for pair in admitted {
      let above = admitted.filter {
        $0 != pair && $0.weight >= pair.weight && $0.activation >= pair.activation
      }
      #expect(uniform.candidates.contains { $0.precision == pair } == above.isEmpty)
    }
  }

  @Test("keeps pinned layers, and asks for the stated fine-tuning on validation samples")
  func requests() throws {
    let table = try Fixture.table(layers: 3) { _, precision in
      Double(precision.weight.bits * precision.activation.bits)
    }
    let space = try SearchSpace(table)
    let budget = try Budget(.latency, .absolute(64 + 64 + 16), in: space)
    let tuning = FineTuning(samples: 10, learningRate: 0.01, seed: 1)
    let evaluator = FormulaEvaluator { _ in 0.5 }
    _ = try BestUniform(SearchProblem(space, budget: budget)).run(
      evaluator, FinalMeasurement(fineTuning: tuning, samples: 7))
    // At most 16: 2x8, 3x5, 4x4, 5x3, 8x2 remain; 2x7 and the like have a wider pair above them.
    let expected = [(2, 8), (3, 5), (4, 4), (5, 3), (8, 2)].map(Fixture.precision)
    let requests = expected.flatMap { pair in
      let policy = Policy([.eight, pair, .eight])
      return [
        EvaluationRequest(policy: policy, fineTuning: tuning, samples: 7),
        EvaluationRequest(policy: policy, samples: 7, bar: AccuracyBar(accuracy: 0.5, errorRate: 0)),
      ]
    }
    #expect(evaluator.requests == requests)
  }

  @Test("a failing evaluator leaves the entries before it")
  func failure() throws {
    struct Broken: Error {}
    let table = try Fixture.table(layers: 3) { _, precision in
      Double(precision.weight.bits * precision.activation.bits)
    }
    let space = try SearchSpace(table)
    let budget = try Budget(.latency, .absolute(144), in: space)
    let uniform = try BestUniform(SearchProblem(space, budget: budget))
    let evaluator = FormulaEvaluator { request in
      if request.policy?[1] == Fixture.precision(4, 4) { throw Broken() }
      return 0.5
    }
    do {
      _ = try uniform.run(evaluator, FinalMeasurement(fineTuning: nil))
      Issue.record("no error")
    } catch {
      #expect(error.cause is Broken)
      #expect(error.partial.entries.map(\.precision) == [(2, 8), (3, 5)].map(Fixture.precision))
    }
  }
}
