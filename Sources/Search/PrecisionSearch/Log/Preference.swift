import Evaluation

/// Which of two measured policies a search prefers.
public struct Preference: Hashable, Sendable {
  public let objective: Objective
  /// Of the unquantized network, on the samples that policies are measured on.
  public let referenceAccuracy: Double

  public init(objective: Objective, referenceAccuracy: Double) {
    self.objective = objective
    self.referenceAccuracy = referenceAccuracy
  }

  public func prefers(_ one: MeasuredPolicy, to other: MeasuredPolicy) -> Bool {
    guard case .cost(_, let drop) = objective else { return one.isBetter(than: other) }
    let (keeps, otherKeeps) = (accuracyKeeps(one, drop), accuracyKeeps(other, drop))
    guard keeps == otherKeeps else { return keeps }
    return keeps && one.cost != other.cost ? one.cost < other.cost : one.isBetter(than: other)
  }

  /// Whether a policy loses no more accuracy than the objective allows.
  public func keepsAccuracy(_ measured: MeasuredPolicy) -> Bool {
    guard case .cost(_, let drop) = objective else { return true }
    return accuracyKeeps(measured, drop)
  }

  /// Accuracies are shares of whole samples; a rounding error must not decide.
  private func accuracyKeeps(_ measured: MeasuredPolicy, _ drop: Double) -> Bool {
    measured.result.figures.map { $0.accuracy >= referenceAccuracy - drop - 1e-12 } ?? false
  }
}

extension Sequence<MeasuredPolicy> {
  /// The preferred one; the earlier of equals.
  public func best(by preference: Preference) -> MeasuredPolicy? {
    reduce(nil) { best, next in best.map { preference.prefers(next, to: $0) ? next : $0 } ?? next }
  }
}
