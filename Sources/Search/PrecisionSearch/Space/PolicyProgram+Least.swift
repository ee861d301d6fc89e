import Core

extension PolicyProgram {
  /// A policy of least cost within limits.
  struct Least {
    var policy: Policy
    /// Whether the solver has proven that no policy costs less.
    var isProven: Bool
  }

  /// The policy within limits that costs least; nil when no policy is within them.
  ///
  /// - Precondition: neither `resource` nor a constraint is of a network as a whole.
  static func least(
    of resource: Resource, within constraints: [CostConstraint], in space: SearchSpace
  ) throws(PolicyProgramError) -> Least? {
    switch space.aggregate(of: resource) {
    case .sum:
      do {
        let solution = try PolicyProgram(space, constraints, minimising: resource)
          .solveByLayers { space.cost(resource, layer: $0, $1) }
        return Least(policy: solution.policy, isProven: solution.gap < 1e-9)
      } catch .infeasible {
        return nil
      }
    case .peak:
      return try leastPeak(resource, within: constraints, in: space).map { Least(policy: $0, isProven: true) }
    default:
      return try leastMaximum(resource, within: constraints, in: space)
        .map { Least(policy: $0, isProven: true) }
    }
  }

  /// The least maximum is the cost of some layer at some precision; larger limits only admit more.
  private static func leastMaximum(
    _ resource: Resource, within constraints: [CostConstraint], in space: SearchSpace
  ) throws(PolicyProgramError) -> Policy? {
    let costs = Set(
      (0..<space.layerCount).flatMap { layer in
        space.precisions(ofLayer: layer).flatMap { precision in
          space.outputs.widths(ofLayer: layer).map {
            space.cost(resource, layer: layer, at: precision, output: $0)
          }
        }
      }
    ).sorted()
    var best: Policy?
    var (low, high) = (0, costs.count)
    while low < high {
      let middle = (low + high) / 2
      let constraint = CostConstraint(resource, atMost: costs[middle])
      if let policy = try PolicyProgram(space, constraints + [constraint]).anyPolicy() {
        (best, high) = (policy, middle)
      } else {
        low = middle + 1
      }
    }
    return best
  }

  /// By bisection over whole bytes; every solution found on the way says how little it takes.
  private static func leastPeak(
    _ resource: Resource, within constraints: [CostConstraint], in space: SearchSpace
  ) throws(PolicyProgramError) -> Policy? {
    func reached(_ policy: Policy) throws(PolicyProgramError) -> Int {
      do { return Int(try space.total(resource, of: policy) ?? 0) } catch { throw .network(error) }
    }
    guard var best = try PolicyProgram(space, constraints).anyPolicy() else { return nil }
    // Formats of which none covers the other make floats of what both read, so that the least of each layer is no bound.
    let least = space.hasActivationChain ? try reached(space.cheapestByLayer(resource)) : 1
    var (low, high) = (least, try reached(best))
    while low < high {
      let constraint = CostConstraint(resource, atMost: Double((low + high) / 2))
      if let policy = try PolicyProgram(space, constraints + [constraint]).anyPolicy() {
        best = policy
        high = try reached(policy)
      } else {
        low = (low + high) / 2 + 1
      }
    }
    return best
  }
}
