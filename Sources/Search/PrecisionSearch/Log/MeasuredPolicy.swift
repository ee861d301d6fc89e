public import Core
public import Evaluation

/// A policy within the budgets, what it costs and how accurate it is.
public struct MeasuredPolicy: Hashable, Sendable, Codable {
  public var policy: Policy
  /// Of the problem's resource, in its SI unit.
  public var cost: Double
  /// On the validation split.
  public var result: EvaluationResult
  /// What fine-tuning led to on the same samples, where the policy is better as calibrated and `result` is of that.
  public var discardedFineTuning: EvaluationResult?

  public init(
    policy: Policy, cost: Double, result: EvaluationResult, discardedFineTuning: EvaluationResult? = nil
  ) {
    self.policy = policy
    self.cost = cost
    self.result = result
    self.discardedFineTuning = discardedFineTuning
  }

  /// Whether this is the better choice: more accurate, then of lower loss, then cheaper.
  public func isBetter(than other: MeasuredPolicy) -> Bool {
    switch (result.figures, other.result.figures) {
    case (let one?, let another?) where one.accuracy != another.accuracy:
      one.accuracy > another.accuracy
    case (let one?, let another?) where one.loss != another.loss: one.loss < another.loss
    case (_?, _?), (nil, nil): cost < other.cost
    // Nothing is known of a policy that failed; any other is better.
    case (let figures, _): figures != nil
    }
  }
}

extension Sequence<MeasuredPolicy> {
  /// The best one; the earlier of equals.
  func best() -> MeasuredPolicy? {
    reduce(nil) { best, next in best.map { next.isBetter(than: $0) ? next : $0 } ?? next }
  }
}
