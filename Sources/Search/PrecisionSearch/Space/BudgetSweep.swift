public import Core

/// Lowers a policy's bits, one at a time, layer by layer, until it is within its budgets (HAQ, section 3.2).
///
/// The order of the paper's code: from the last layer to the first, in each layer first the activation and then the
/// weight width by one legal step, stopping at the first policy within all limits, and starting over at the last
/// layer as often as needed. Where the target has no pair with one of them lower, both are lowered in one step. Tied
/// layers' activations are lowered once a round, together. Where costs do not fall
/// with the bits, so that every layer is at its lowest and some limit still exceeded, layers in the same order take
/// the precision of a policy known to be within the limits, which always ends.
///
/// Where a target has formats that are no integers, fewer bits need not cost less, and no operand may be lowered alone. Then
/// each layer in turn takes its next cheaper pair, by the budget that is exceeded most.
public struct BudgetSweep: Sendable {
  private let space: SearchSpace
  private let budgets: BudgetSet
  /// How layers make the cost that each budget limits.
  private let aggregates: [Metric.Aggregate]

  /// - Precondition: `budgets` were resolved in `space`.
  public init(_ space: SearchSpace, budgets: BudgetSet) {
    self.space = space
    self.budgets = budgets
    aggregates = budgets.map { budget in
      guard let aggregate = space.aggregate(of: budget.resource) else {
        preconditionFailure("the budgets belong to another search space")
      }
      return aggregate
    }
  }

  /// The policy itself when it is within the budgets, else the first one on the way down that is.
  ///
  /// - Precondition: the search space contains `policy`.
  public func lowered(_ policy: Policy) throws(NetworkCostFailure) -> Policy {
    precondition(space.contains(policy))
    var descent = Descent(policy: policy, costs: budgets.map { costs(of: policy, $0.resource) })
    if !space.isOfBits, let policy = try cheapened(&descent) { return policy }
    while space.isOfBits, !(try fits(descent)) {
      let before = descent.policy
      for layer in order {
        let start = descent.policy[layer]
        for step in [Step.one(.activation), .one(.weight), .both] {
          if case .both = step, descent.policy[layer] != start { continue }
          guard let lower = lowered(descent.policy[layer], by: step, layer: layer) else { continue }
          take(space.setting(layer, to: lower, in: descent.policy), &descent)
          if try fits(descent) { return descent.policy }
        }
      }
      if descent.policy == before { break }
    }
    for layer in order {
      if try fits(descent) { break }
      var next = descent.policy
      for tied in space.tiedWidths.layers(with: layer) { next[tied] = budgets.witness[tied] }
      take(next, &descent)
    }
    return descent.policy
  }

  /// The first policy within the budgets on the way to ever cheaper pairs; nil when that ends above one of them.
  private func cheapened(_ descent: inout Descent) throws(NetworkCostFailure) -> Policy? {
    if try fits(descent) { return descent.policy }
    // With several budgets, what one takes the other may give back.
    for _ in 0..<space.pairs.count * Swift.max(budgets.count, 1) {
      let before = descent.policy
      for layer in order {
        let budget = try mostExceeded(descent)
        guard let cheaper = cheaper(budget.resource, layer, in: descent.policy) else { continue }
        take(space.setting(layer, to: cheaper, in: descent.policy), &descent)
        if try fits(descent) { return descent.policy }
      }
      if descent.policy == before { return nil }
    }
    return nil
  }

  /// By its cost as a share of the limit.
  private func mostExceeded(_ descent: Descent) throws(NetworkCostFailure) -> Budget {
    var most: (share: Double, budget: Budget)?
    for (index, budget) in budgets.enumerated() {
      let cost =
        try aggregates[index].isOfLayers
        ? aggregates[index].total(descent.costs[index])
        : space.total(budget.resource, of: descent.policy) ?? .infinity
      let share = cost / budget.limit
      if share > most?.share ?? 0 { most = (share, budget) }
    }
    return most?.budget ?? budgets[0]
  }

  /// The dearest pair of a layer that costs less than the one it has; nil where there is none. Of tied layers only the first
  /// changes its activations.
  private func cheaper(_ resource: Resource, _ layer: Int, in policy: Policy) -> Precision? {
    let cost = space.leastLayerCost(resource, layer: layer, at: policy[layer])
    let isLeader = space.tiedWidths.leader(of: layer) == layer
    return space.precisions(ofLayer: layer).filter { isLeader || $0.activation == policy[layer].activation }
      .map { (pair: $0, cost: space.leastLayerCost(resource, layer: layer, at: $0)) }
      .filter { $0.cost < cost }.max { ($0.cost, $0.pair) < ($1.cost, $1.pair) }?.pair
  }

  private struct Descent {
    var policy: Policy
    /// By limit and layer, so that each step looks up few costs; unused where costs of layers do not determine the total.
    var costs: [[Double]]
  }

  private var order: [Int] { (0..<space.layerCount).reversed().filter { space.pinned[$0] == nil } }

  private func costs(of policy: Policy, _ resource: Resource) -> [Double] {
    policy.precisions.indices.map { space.cost(resource, layer: $0, under: policy) }
  }

  private func fits(_ descent: Descent) throws(NetworkCostFailure) -> Bool {
    for (index, budget) in budgets.enumerated() {
      let isWithin =
        try aggregates[index].isOfLayers
        ? aggregates[index].total(descent.costs[index]) <= budget.limit
        : budget.admits(descent.policy, in: space)
      if !isWithin { return false }
    }
    return true
  }

  private func take(_ policy: Policy, _ descent: inout Descent) {
    for layer in space.outputs.layersAffected(between: policy, descent.policy) {
      for (index, budget) in budgets.enumerated() {
        descent.costs[index][layer] = space.cost(budget.resource, layer: layer, under: policy)
      }
    }
    descent.policy = policy
  }

  private enum Step {
    case one(Role)
    /// For layers of which neither operand was lowered alone.
    case both
  }

  private func lowered(_ precision: Precision, by step: Step, layer: Int) -> Precision? {
    if case .one(.weight) = step {
      return space.step(.narrower, .weight, from: precision, ofLayer: layer)
    }
    // The first of tied layers lowers the activations of all.
    guard space.tiedWidths.leader(of: layer) == layer else { return nil }
    if case .both = step { return space.jointStep(.narrower, from: precision, ofLayer: layer) }
    return space.step(.narrower, .activation, from: precision, ofLayer: layer)
  }
}
