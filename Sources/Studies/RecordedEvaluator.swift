public import Evaluation
public import HardwareModel

/// An evaluator with the memory of a study: what was answered before is not asked again, and every new answer is
/// recorded before it is returned.
///
/// This makes searches resumable without their knowing. A method's every choice follows from its options, its seed
/// and the answers; the same search over the recorded answers therefore comes to the state in which it was
/// interrupted (agent, replay memory, generators, populations), and goes on from there.
public final class RecordedEvaluator: AccuracyEvaluator {
  private let study: Study
  private let evaluator: any AccuracyEvaluator
  private let costs: (Policy) -> [Metric: Double]
  private var answers: [EvaluationRequest: EvaluationResult] = [:]
  /// Recorded by this study and not asked for yet; a search that repeats itself asks for all before anything new.
  private var unserved: Set<EvaluationRequest> = []
  private let recordedCount: Int

  /// - Parameter costs: Of the network under a policy, in SI units.
  public init(
    _ study: Study, asking evaluator: any AccuracyEvaluator, costs: @escaping (Policy) -> [Metric: Double]
  ) throws(StudyError) {
    self.study = study
    self.evaluator = evaluator
    self.costs = costs
    for evaluation in try study.records.evaluations() {
      answers[evaluation.request] = evaluation.result
      if evaluation.session != nil { unserved.insert(evaluation.request) }
    }
    recordedCount = unserved.count
  }

  /// Whether everything asked so far was answered from the study, with more recorded.
  public var isReplaying: Bool { !unserved.isEmpty }

  /// Throws `StudyError.diverged` when the search asks something new before it has asked all that is recorded.
  public func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    if let answer = answers[request] {
      unserved.remove(request)
      return answer
    }
    guard unserved.isEmpty else {
      throw StudyError.diverged(
        path: study.path, recorded: recordedCount, served: recordedCount - unserved.count)
    }
    let start = ContinuousClock.now
    let answer = try evaluator.evaluate(request).withoutNegativeZeros
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try study.record(
      request, answer, costs: request.policy.map(costs) ?? [:], worker: 1, duration_s: seconds)
    answers[request] = answer
    return answer
  }
}

extension EvaluationResult {
  /// SQLite reads -0.0 back as 0.0, and a resumed search must see the very bits that the first one saw.
  fileprivate var withoutNegativeZeros: EvaluationResult {
    var result = EvaluationResult(
      accuracy: accuracy + 0, loss: loss + 0, samples: samples, divergence: divergence.map { $0 + 0 })
    result.isBelowBar = isBelowBar
    return result
  }
}
