import Core
import Synchronization

/// The least that a policy was found to cost.
struct LeastCost: Hashable, Sendable {
  var policy: Policy
  var cost: Double
  /// How many policies the target was asked about.
  var tried: Int
  /// Whether these were all there are.
  var isProven: Bool
}

/// What was found so far, so that nothing is computed twice in one space.
final class LeastCosts: Sendable {
  private let found = Mutex<[Resource: LeastCost]>([:])

  subscript(resource: Resource) -> LeastCost? {
    get { found.withLock { $0[resource] } }
    set { found.withLock { $0[resource] = newValue } }
  }
}

extension SearchSpace {
  /// Up to this number of policies, all are tried.
  private static let enumerated = 4_096
  /// Rounds over all layers of a descent.
  private static let rounds = 8

  /// The least cost of a network as a whole.
  ///
  /// A small space is tried whole. In a larger one, a descent begins with every layer at its fewest bits, which is the
  /// least wherever more bits never cost less, and with every layer at its own cheapest.
  func leastNetworkCost(_ resource: Resource) throws(NetworkCostFailure) -> LeastCost? {
    if let known = leastCosts[resource] { return known }
    func cost(_ policies: [Policy]) throws(NetworkCostFailure) -> [Double?] {
      try totals(resource, of: policies)
    }
    let least: LeastCost?
    if let all = allPolicies(upTo: Self.enumerated) {
      least = try best(of: all, value: cost)
        .map { LeastCost(policy: $0.policy, cost: $0.value, tried: all.count, isProven: true) }
    } else {
      least = try descend(from: [lowest, cheapestByLayer(resource)], value: cost)
    }
    leastCosts[resource] = least
    return least
  }

  /// The least cost where layers are not independent, since one settles the format of another's output, or two the format of
  /// a value: the exact solution of a program, or the least that a descent finds where the solver gives none in time.
  func leastCostOfCoupledLayers(_ resource: Resource) throws(NetworkCostFailure) -> LeastCost? {
    if let known = leastCosts[resource] { return known }
    func cost(_ policies: [Policy]) throws(NetworkCostFailure) -> [Double?] {
      try totals(resource, of: policies)
    }
    var least: LeastCost?
    do {
      if let found = try PolicyProgram.least(of: resource, within: [], in: self),
        let cost = try total(resource, of: found.policy)
      {
        least = LeastCost(policy: found.policy, cost: cost, tried: 1, isProven: found.isProven)
      }
    } catch let failure as NetworkCostFailure {
      throw failure
    } catch PolicyProgramError.network(let failure) {
      throw failure
    } catch {
      least = try descend(from: [lowest, cheapestByLayer(resource)], value: cost)
    }
    leastCosts[resource] = least
    return least
  }

  /// The policy of least `value` on the way down from the best of `starts`, changing one layer at a time, until no
  /// such change leads lower; nil where a value is missing.
  func descend(
    from starts: [Policy], value: ([Policy]) throws(NetworkCostFailure) -> [Double?]
  ) throws(NetworkCostFailure) -> LeastCost? {
    guard var best = try best(of: starts, value: value) else { return nil }
    var tried = starts.count
    for _ in 0..<Self.rounds {
      let before = best.value
      for layer in 0..<layerCount where pinned[layer] == nil {
        let changed = precisions(ofLayer: layer).map { setting(layer, to: $0, in: best.policy) }
        guard let next = try self.best(of: changed, value: value) else { return nil }
        tried += changed.count
        if next.value < best.value { best = next }
      }
      if best.value == before { break }
    }
    return LeastCost(policy: best.policy, cost: best.value, tried: tried, isProven: false)
  }

  /// The first of the least; nil where a value is missing.
  private func best(
    of policies: [Policy], value: ([Policy]) throws(NetworkCostFailure) -> [Double?]
  ) throws(NetworkCostFailure) -> (policy: Policy, value: Double)? {
    var best: (policy: Policy, value: Double)?
    for (policy, value) in zip(policies, try value(policies)) {
      guard let value else { return nil }
      if best.map({ value < $0.value }) ?? true { best = (policy, value) }
    }
    return best
  }

  /// Every policy; nil when there are more than `limit`, counted without tied widths.
  private func allPolicies(upTo limit: Int) -> [Policy]? {
    var count = 1
    for layer in 0..<layerCount {
      count *= precisions(ofLayer: layer).count
      if count > limit { return nil }
    }
    let all = (0..<layerCount).reduce([Policy([])]) { policies, layer in
      policies.flatMap { policy in precisions(ofLayer: layer).map { Policy(policy.precisions + [$0]) } }
    }
    return all.filter(contains)
  }
}
