import Core

/// What a search looks for within its budgets.
public enum Objective: Hashable, Sendable {
  /// The most accurate policy.
  case accuracy
  /// The policy that costs least of `resource` among those that lose at most a given accuracy against the unquantized
  /// network, a share in 0...1.
  case cost(Resource, drop: Double)
}
