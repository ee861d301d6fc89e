public import HardwareModel

/// Lowers a policy's bits, one at a time, layer by layer, until it meets a budget (HAQ, section 3.2).
///
/// The order of the paper's code: from the last layer to the first, in each layer first the
/// activation and then the weight width by one legal step, stopping at the first cost within the
/// limit, and starting over at the last layer as often as needed. Where costs do not fall with the bits, so
/// that every layer is at its lowest and the limit still exceeded, layers in the same order take their
/// cheapest precision, which always ends within a feasible budget.
public struct BudgetSweep: Sendable {
  private let space: SearchSpace
  private let budget: Budget
  private let aggregate: Metric.Aggregate

  /// - Precondition: `budget` was resolved in `space`.
  public init(_ space: SearchSpace, budget: Budget) {
    guard let aggregate = space.table.aggregates[budget.metric] else {
      preconditionFailure("the budget belongs to another search space")
    }
    self.space = space
    self.budget = budget
    self.aggregate = aggregate
  }

  /// The policy itself when it meets the budget, else the first one on the way down that does.
  ///
  /// - Precondition: the search space contains `policy`.
  public func lowered(_ policy: Policy) -> Policy {
    precondition(space.contains(policy))
    var descent = Descent(policy: policy, costs: costs(of: policy))
    while !fits(descent) {
      let before = descent.policy
      for layer in order {
        for role in [Role.activation, .weight] {
          guard let lower = lowered(descent.policy[layer], role, layer: layer) else { continue }
          take(lower, layer: layer, &descent)
          if fits(descent) { return descent.policy }
        }
      }
      if descent.policy == before { break }
    }
    for layer in order where !fits(descent) {
      take(space.cheapest(budget.metric, ofLayer: layer), layer: layer, &descent)
    }
    return descent.policy
  }

  private struct Descent {
    var policy: Policy
    /// By layer, so that each step looks up one cost only.
    var costs: [Double]
  }

  private var order: [Int] { (0..<space.layerCount).reversed().filter { space.pinned[$0] == nil } }

  private func costs(of policy: Policy) -> [Double] {
    policy.precisions.enumerated().map { space.cost(budget.metric, layer: $0.offset, at: $0.element) }
  }

  private func fits(_ descent: Descent) -> Bool { aggregate.total(descent.costs) <= budget.limit }

  private func take(_ precision: Precision, layer: Int, _ descent: inout Descent) {
    descent.policy[layer] = precision
    descent.costs[layer] = space.cost(budget.metric, layer: layer, at: precision)
  }

  /// The next lower width that the layer may have beside its other width.
  private func lowered(_ precision: Precision, _ role: Role, layer: Int) -> Precision? {
    let candidates = space.precisions(ofLayer: layer).filter {
      switch role {
      case .weight: $0.activation == precision.activation && $0.weight < precision.weight
      case .activation: $0.weight == precision.weight && $0.activation < precision.activation
      }
    }
    return candidates.last
  }
}
