import Core

/// The policies within limits of which some are on networks as a whole, whose costs no program of layers can express.
///
/// The costs of layers stand in for them, once as a sum and once as a maximum, and the limit on these stand-ins is
/// tightened by bisection until what the target itself says of the solution is within the true limit. The best such
/// solution is then improved one layer at a time. Every policy that comes out was confirmed by the target; that it is
/// the best of all is not proven, and `Solution.gap` says how far from it it may be.
struct NetworkProgram {
  private let space: SearchSpace
  private let constraints: [CostConstraint]
  private let networks: [CostConstraint]

  /// Steps of each bisection: the stand-in's limit is then known to a 128th of its range.
  private static let steps = 7

  init(_ space: SearchSpace, _ constraints: [CostConstraint]) {
    self.space = space
    self.constraints = constraints
    networks = constraints.filter { space.isOfNetwork($0.resource) }
  }

  /// Throws `infeasible` when no policy within the limits was found and there is no `fallback`.
  func solve(
    seconds: Double, fallback: Policy?, penalty: (_ layer: Int, Precision) -> Double
  ) throws(PolicyProgramError) -> PolicyProgram.Solution {
    let others = constraints.filter { !space.isOfNetwork($0.resource) }
    // Without the limits on networks there are more policies, so that none within them is better than this one.
    let relaxed = try PolicyProgram(space, others).solveByLayers(seconds: seconds) {
      penalty($0, $1.precision)
    }
    let bound = relaxed.penalty * (1 - relaxed.gap)
    if try admits(relaxed.policy) { return relaxed }

    func total(_ policy: Policy) -> Double {
      policy.precisions.enumerated().reduce(0) { $0 + penalty($1.offset, $1.element) }
    }
    var found: [Policy] = fallback.map { [$0] } ?? []
    for surrogate in [Metric.Aggregate.sum, .max] {
      found += try tightened(relaxed.policy, surrogate, seconds: seconds, penalty: penalty)
    }
    if found.isEmpty, let repaired = try repaired() { found = [repaired] }
    guard let best = found.min(by: { total($0) < total($1) }) else { throw .infeasible }
    let policy = try improved(best, penalty: penalty)
    let reached = total(policy)
    return PolicyProgram.Solution(
      policy: policy, penalty: reached, gap: reached > 0 ? max(0, (reached - bound) / reached) : 0)
  }

  private func admits(_ policy: Policy) throws(PolicyProgramError) -> Bool { try admitted([policy])[0] }

  /// Which policies are within all limits.
  private func admitted(_ policies: [Policy]) throws(PolicyProgramError) -> [Bool] {
    let costs: [[Double?]]
    do { costs = try self.costs(of: policies) } catch { throw .network(error) }
    return policies.indices.map { index in
      zip(constraints, costs).allSatisfy { constraint, costs in
        costs[index].map { $0 <= constraint.atMost } ?? false
      }
    }
  }

  /// By constraint and policy.
  private func costs(of policies: [Policy]) throws(NetworkCostFailure) -> [[Double?]] {
    var costs: [[Double?]] = []
    for constraint in constraints { costs.append(try space.totals(constraint.resource, of: policies)) }
    return costs
  }

  /// Solutions within the true limits, for ever tighter limits on stand-ins that begin at those of `relaxed`.
  private func tightened(
    _ relaxed: Policy, _ surrogate: Metric.Aggregate, seconds: Double,
    penalty: (_ layer: Int, Precision) -> Double
  ) throws(PolicyProgramError) -> [Policy] {
    let others = constraints.filter { !space.isOfNetwork($0.resource) }
    func standIn(_ constraint: CostConstraint, _ policy: Policy) -> Double {
      surrogate.total(
        policy.precisions.indices.map { space.cost(constraint.resource, layer: $0, under: policy) })
    }
    let ranges = networks.map { constraint in
      (
        low: standIn(constraint, space.cheapestByLayer(constraint.resource)),
        high: standIn(constraint, relaxed)
      )
    }
    var found: [Policy] = []
    var (low, high) = (0.0, 1.0)
    for _ in 0..<Self.steps {
      let share = (low + high) / 2
      let standIns = zip(networks, ranges).map { constraint, range in
        CostConstraint(constraint.resource, atMost: range.low + share * (range.high - range.low))
      }
      do {
        let policy = try PolicyProgram(space, others + standIns, networksAs: surrogate)
          .solveByLayers(seconds: seconds) { penalty($0, $1.precision) }.policy
        if try admits(policy) {
          found.append(policy)
          low = share
        } else {
          high = share
        }
      } catch .infeasible {
        low = share
      }
    }
    return found
  }

  /// A policy within all limits, sought by changing one layer at a time where the worst limit is exceeded; nil when
  /// none is found.
  private func repaired() throws(PolicyProgramError) -> Policy? {
    let least: LeastCost?
    do {
      var starts = [space.lowest]
      for constraint in constraints {
        starts.append(try space.leastCost(constraint.resource)?.policy ?? space.lowest)
      }
      least = try space.descend(from: starts, value: excess)
    } catch { throw .network(error) }
    guard let policy = least?.policy, try admits(policy) else { return nil }
    return policy
  }

  /// By policy, the largest of its costs as a share of what the constraint allows.
  private func excess(_ policies: [Policy]) throws(NetworkCostFailure) -> [Double?] {
    let costs = try costs(of: policies)
    return policies.indices.map { index in
      zip(constraints, costs).reduce(0.0) { worst, entry in
        guard let worst, let cost = entry.1[index] else { return nil }
        return max(worst, cost / entry.0.atMost)
      }
    }
  }

  /// The policy with single layers changed, each time by what lowers the penalty most within the limits.
  private func improved(
    _ policy: Policy, penalty: (_ layer: Int, Precision) -> Double
  ) throws(PolicyProgramError) -> Policy {
    func total(_ policy: Policy) -> Double {
      policy.precisions.enumerated().reduce(0) { $0 + penalty($1.offset, $1.element) }
    }
    var (policy, reached, hasImproved) = (policy, total(policy), true)
    while hasImproved {
      hasImproved = false
      for layer in 0..<space.layerCount where space.pinned[layer] == nil {
        let better = space.precisions(ofLayer: layer).map { space.setting(layer, to: $0, in: policy) }
          .map { (policy: $0, penalty: total($0)) }.filter { $0.penalty < reached }
          .sorted { $0.penalty < $1.penalty }
        guard !better.isEmpty, let first = try admitted(better.map(\.policy)).firstIndex(of: true) else {
          continue
        }
        (policy, reached, hasImproved) = (better[first].policy, better[first].penalty, true)
      }
    }
    return policy
  }
}
