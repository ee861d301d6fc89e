public import Core
public import Evaluation

/// The baseline of `Objective.cost`: the uniform policy of least cost that keeps the accuracy.
public struct CheapestUniform: Sendable {
  /// Every uniform policy within the budgets, cheapest first.
  public let candidates: [BestUniform.Candidate]

  public init(_ problem: SearchProblem) throws(NetworkCostFailure) {
    candidates = try BestUniform.admitted(by: problem).sorted { $0.cost < $1.cost }
  }

  /// Measures candidates on the validation split until one keeps the accuracy.
  ///
  /// - Throws: `BestUniform.Failure` with the entries so far, when the evaluator throws.
  public func run(
    _ evaluator: any AccuracyEvaluator, _ measurement: FinalMeasurement, preference: Preference,
    onEntry: (BestUniform.Entry) -> Void = { _ in }
  ) throws(BestUniform.Failure) -> BestUniform.Result {
    var result = BestUniform.Result()
    for (index, candidate) in candidates.enumerated() {
      do {
        let next = candidates[index...].prefix(1 + evaluator.foresight)
        measurement.announce(next.map(\.policy), evaluator, .probably)
        let measured = try measurement.validate(candidate.policy, cost: candidate.cost, evaluator)
        let entry = BestUniform.Entry(precision: candidate.precision, measured: measured)
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
