public import Evaluation
import HardwareModel

/// The baseline of `Objective.cost`: the uniform policy of least cost that keeps the accuracy.
public struct CheapestUniform: Sendable {
  /// Every uniform policy within the budgets, cheapest first.
  public let candidates: [BestUniform.Candidate]

  public init(_ environment: Environment) {
    candidates = BestUniform.admitted(by: environment).sorted { $0.cost < $1.cost }
  }

  /// Measures candidates on the validation split, fine-tuned as stated, until one keeps the accuracy.
  ///
  /// - Throws: `BestUniform.Failure` with the entries so far, when the evaluator throws.
  public func run(
    _ evaluator: any AccuracyEvaluator, fineTuning: FineTuning?, preference: Preference,
    onEntry: (BestUniform.Entry) -> Void = { _ in }
  ) throws(BestUniform.Failure) -> BestUniform.Result {
    var result = BestUniform.Result()
    let requests = candidates.map { EvaluationRequest(policy: $0.policy, fineTuning: fineTuning) }
    for (index, candidate) in candidates.enumerated() {
      do {
        evaluator.expect(Array(requests[index...].prefix(1 + evaluator.foresight)), .probably)
        let answer = try evaluator.evaluate(requests[index])
        let entry = BestUniform.Entry(
          precision: candidate.precision,
          measured: MeasuredPolicy(policy: candidate.policy, cost: candidate.cost, result: answer))
        result.entries.append(entry)
        onEntry(entry)
        if preference.keepsAccuracy(entry.measured) { break }
      } catch {
        throw BestUniform.Failure(cause: error, partial: result)
      }
    }
    return result
  }
}
