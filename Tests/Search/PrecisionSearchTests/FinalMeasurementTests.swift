import Core
import Evaluation
import PrecisionSearch
import Testing

@Suite struct FinalMeasurementTests {
  private static let tuning = FineTuning(samples: 1000, learningRate: 0.01, seed: 2)
  private static let policies = [2, 4, 6].map { Policy([Fixture.precision($0, $0)]) }
  private let measurement = FinalMeasurement(fineTuning: tuning)

  /// Accuracies of the policies above, fine-tuned and as calibrated.
  private static func evaluator(fineTuned: [Double], calibrated: [Double]) -> FormulaEvaluator {
    FormulaEvaluator { request in
      let index = policies.firstIndex(of: request.policy!)!
      return request.fineTuning == nil ? calibrated[index] : fineTuned[index]
    }
  }

  private static var leaders: [MeasuredPolicy] {
    policies.map {
      MeasuredPolicy(policy: $0, cost: 1, result: EvaluationResult(accuracy: 0.5, loss: 0, samples: 1))
    }
  }

  @Test("where fine-tuning helps, policies are compared and tested fine-tuned")
  func fineTuned() throws {
    let evaluator = Self.evaluator(fineTuned: [0.8, 0.9, 0.8], calibrated: [0.7, 0.9, 0.6])
    let selection = try FinalSelection(among: Self.leaders, evaluator, measurement)
    #expect(selection.measured.map(\.accuracy) == [0.8, 0.9, 0.8])
    #expect(selection.measured.allSatisfy { $0.discardedFineTuning == nil })
    #expect(evaluator.requests.allSatisfy { $0.split == .validation })

    let best = try #require(selection.best)
    #expect(best.policy == Self.policies[1])
    _ = try measurement.test(best, evaluator)
    #expect(
      evaluator.requests.last
        == EvaluationRequest(
          policy: Self.policies[1], fineTuning: Self.tuning, split: .test, extras: [.correctSamples]))
  }

  @Test("a policy that fine-tuning makes worse is compared and tested as calibrated, and that is reported")
  func calibrated() throws {
    let evaluator = Self.evaluator(fineTuned: [0.8, 0.81, 0.2], calibrated: [0.7, 0.8, 0.85])
    let selection = try FinalSelection(among: Self.leaders, evaluator, measurement)
    #expect(selection.measured.map(\.accuracy) == [0.8, 0.81, 0.85])
    #expect(selection.measured.map { $0.discardedFineTuning?.figures?.accuracy } == [nil, nil, 0.2])

    let best = try #require(selection.best)
    #expect(best.policy == Self.policies[2])
    _ = try measurement.test(best, evaluator)
    #expect(
      evaluator.requests.last
        == EvaluationRequest(policy: Self.policies[2], split: .test, extras: [.correctSamples]))
  }

  @Test("the calibrated form may be given up only where it is certainly not better")
  func bar() throws {
    let evaluator = Self.evaluator(fineTuned: [0.8, 0.8, 0.8], calibrated: [0.7, 0.7, 0.7])
    _ = try measurement.validate(Self.policies[0], cost: 1, evaluator)
    #expect(
      evaluator.requests == [
        EvaluationRequest(policy: Self.policies[0], fineTuning: Self.tuning),
        EvaluationRequest(policy: Self.policies[0], bar: AccuracyBar(accuracy: 0.8, errorRate: 0)),
      ])
  }

  @Test("without fine-tuning nothing is measured twice")
  func noFineTuning() throws {
    let evaluator = Self.evaluator(fineTuned: [], calibrated: [0.7, 0.7, 0.7])
    let measured = try FinalMeasurement(fineTuning: nil).validate(Self.policies[0], cost: 3, evaluator)
    #expect(measured.cost == 3 && measured.accuracy == 0.7)
    #expect(evaluator.requests == [EvaluationRequest(policy: Self.policies[0])])
  }
}
