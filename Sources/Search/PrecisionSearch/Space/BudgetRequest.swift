public import Core

/// A budget as people state it, before it is known whether a search space can meet it.
public struct BudgetRequest: Hashable, Sendable {
  public var resource: Resource
  public var amount: Amount

  public enum Amount: Hashable, Sendable {
    /// In the metric's SI unit.
    case absolute(Double)
    /// A share of what the target's reference costs, mostly uniform 8 bit.
    case relative(Double)
  }

  /// - Parameter target: The position of the target that is meant, among the space's tables.
  public init(_ metric: Metric, _ amount: Amount, target: Int = 0) {
    resource = Resource(metric, target: target)
    self.amount = amount
  }
}
