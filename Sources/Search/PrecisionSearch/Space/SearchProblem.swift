public import Core

/// What a search has to solve: the policies that it may choose, the limits on their costs, and what it looks for.
public struct SearchProblem: Sendable {
  public let space: SearchSpace
  public let budgets: BudgetSet
  public let objective: Objective
  /// What `MeasuredPolicy.cost` is of: what is minimised, else what the first limit is on.
  public let resource: Resource
  /// The layers that are not pinned.
  public let layers: [Int]

  /// - Precondition: `budgets` were resolved in `space`.
  public init(_ space: SearchSpace, budgets: BudgetSet, objective: Objective = .accuracy) {
    self.space = space
    self.budgets = budgets
    self.objective = objective
    resource =
      if case .cost(let minimised, _) = objective { minimised } else {
        budgets.first?.resource ?? space.table.firstResource
      }
    layers = (0..<space.layerCount).filter { space.pinned[$0] == nil }
  }

  /// - Precondition: `budget` was resolved in `space`.
  public init(_ space: SearchSpace, budget: Budget) {
    self.init(space, budgets: BudgetSet(budget, in: space))
  }

  /// What `policy` costs of `resource`.
  ///
  /// - Precondition: the search space contains `policy`.
  public func cost(of policy: Policy) throws(NetworkCostFailure) -> Double {
    guard let cost = try space.total(resource, of: policy) else {
      preconditionFailure("the policy is not in the search space")
    }
    return cost
  }
}

extension CostTable {
  /// Latency when the target provides it, else the first metric that it does.
  fileprivate var firstResource: Resource {
    guard let metric = Metric.allCases.first(where: aggregates.keys.contains) else {
      preconditionFailure("a cost table has a metric")
    }
    return Resource(metric)
  }
}
