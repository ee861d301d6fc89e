import Core
import IntegerPrograms

/// The most that a policy may use of one resource, in the metric's SI unit; unlike a budget, not known to be reachable.
struct CostConstraint: Hashable, Sendable {
  var resource: Resource
  var atMost: Double

  init(_ resource: Resource, atMost: Double) {
    self.resource = resource
    self.atMost = atMost
  }

  init(_ budget: Budget) { self.init(budget.resource, atMost: budget.limit) }
}

/// The policies of a space within constraints, as a program that is solved exactly for the least penalty.
struct PolicyProgram: Sendable {
  let space: SearchSpace
  private let constraints: [CostConstraint]
  /// Those whose layers' costs add up.
  private let sums: [CostConstraint]
  /// Those on the memory of activations.
  private let peaks: [PeakMemoryConstraint]
  /// Those of networks as a whole, which no program of layers can keep.
  let networks: [CostConstraint]
  /// What each layer may have: under a maximum, a limit bounds each layer alone.
  private let options: [[Precision]]

  /// A policy, what its layers' penalties add up to, and how far from the least that may be, as a share of it.
  struct Solution {
    var policy: Policy
    var penalty: Double
    var gap: Double
  }

  /// - Parameter surrogate: how costs of layers approximate that of a network as a whole; nil leaves such limits to
  ///   `solve`, which keeps them.
  init(_ space: SearchSpace, _ constraints: [CostConstraint], networksAs surrogate: Metric.Aggregate? = nil) {
    self.space = space
    self.constraints = constraints
    func aggregate(_ constraint: CostConstraint) -> Metric.Aggregate? {
      let aggregate = space.aggregate(of: constraint.resource)
      return aggregate == .network ? surrogate : aggregate
    }
    networks = surrogate == nil ? constraints.filter { space.isOfNetwork($0.resource) } : []
    sums = constraints.filter { aggregate($0) == .sum }
    peaks = constraints.filter { aggregate($0) == .peak }.map { constraint in
      guard let memory = space.tables[constraint.resource.target].activationMemory else {
        preconditionFailure("peak memory is a metric of tables that know what is alive")
      }
      return PeakMemoryConstraint(memory, bytes: Int(constraint.atMost.rounded(.down)))
    }
    let maxima = constraints.filter { aggregate($0) == .max }
    options = (0..<space.layerCount).map { layer in
      space.precisions(ofLayer: layer).filter { precision in
        maxima.allSatisfy { space.cost($0.resource, layer: layer, at: precision) <= $0.atMost }
      }
    }
  }

  /// The policy within the limits of the least penalty; with limits on networks as a whole, a good one.
  ///
  /// - Parameter fallback: A policy known to be within the limits, where nothing better is found.
  func solve(
    seconds: Double = 60, fallback: Policy? = nil, penalty: (_ layer: Int, Precision) -> Double
  ) throws(PolicyProgramError) -> Solution {
    networks.isEmpty
      ? try solveByLayers(seconds: seconds, penalty: penalty)
      : try NetworkProgram(space, constraints).solve(
        seconds: seconds, fallback: fallback, penalty: penalty)
  }

  /// The exact solution of what layers alone decide.
  func solveByLayers(
    seconds: Double, penalty: (_ layer: Int, Precision) -> Double
  ) throws(PolicyProgramError) -> Solution {
    guard options.allSatisfy({ !$0.isEmpty }) else { throw .infeasible }
    var rows = peaks.flatMap { $0.rows(for: space.widest) }
    while true {
      let solution = try solve(seconds: seconds, rows: rows, penalty: penalty)
      // A value that several layers settle may be wider than the row took it for; then its row joins, which this
      // solution violates. There are finitely many rows.
      let violated = peaks.flatMap { $0.rows(for: solution.policy) }
      if violated.isEmpty { return solution }
      rows += violated
    }
  }

  private func solve(
    seconds: Double, rows: [PeakMemoryConstraint.Row], penalty: (_ layer: Int, Precision) -> Double
  ) throws(PolicyProgramError) -> Solution {
    let program = ChoiceProgram(
      groups: options.enumerated().map { layer, precisions in
        precisions.map { precision in
          ChoiceProgram.Option(
            penalty: penalty(layer, precision),
            uses: sums.map { space.cost($0.resource, layer: layer, at: precision) }
              + rows.map { Double($0.bytes(layer: layer, at: precision.activation)) },
            kind: precision.activation.bits)
        }
      }, limits: sums.map(\.atMost) + rows.map { Double($0.limit) }, links: space.tiedWidths.sets)
    let solution: ChoiceProgram.Solution
    do { solution = try program.solve(seconds: seconds) } catch { throw PolicyProgramError(error) }
    return Solution(
      policy: Policy(zip(options, solution.choices).map { $0[$1] }), penalty: solution.penalty,
      gap: solution.gap)
  }

  /// Any policy within the limits; nil when there is none.
  func anyPolicy() throws(PolicyProgramError) -> Policy? {
    do {
      return try solve { _, _ in 0 }.policy
    } catch .infeasible {
      return nil
    }
  }

  /// The least cost within limits; nil when no policy is within them.
  ///
  /// - Precondition: neither `resource` nor a constraint is of a network as a whole.
  static func least(
    of resource: Resource, within constraints: [CostConstraint], in space: SearchSpace
  ) throws(PolicyProgramError) -> Double? {
    if space.aggregate(of: resource) == .sum {
      do {
        let policy = try PolicyProgram(space, constraints)
          .solve { space.cost(resource, layer: $0, at: $1) }.policy
        return try total(resource, of: policy, in: space)
      } catch .infeasible {
        return nil
      }
    }
    if space.aggregate(of: resource) == .peak {
      return try leastPeak(resource, within: constraints, in: space)
    }
    // The least maximum is the cost of some layer at some precision; larger limits only admit more.
    let costs = Set(
      (0..<space.layerCount).flatMap { layer in
        space.precisions(ofLayer: layer).map { space.cost(resource, layer: layer, at: $0) }
      }
    ).sorted()
    func isReachable(_ cost: Double) throws(PolicyProgramError) -> Bool {
      try PolicyProgram(space, constraints + [CostConstraint(resource, atMost: cost)]).anyPolicy() != nil
    }
    var (low, high) = (0, costs.count)
    while low < high {
      let middle = (low + high) / 2
      if try isReachable(costs[middle]) { high = middle } else { low = middle + 1 }
    }
    return low < costs.count ? costs[low] : nil
  }

  /// By bisection over whole bytes; every solution found on the way says how little it takes.
  private static func leastPeak(
    _ resource: Resource, within constraints: [CostConstraint], in space: SearchSpace
  ) throws(PolicyProgramError) -> Double? {
    func reached(_ policy: Policy) throws(PolicyProgramError) -> Int {
      Int(try total(resource, of: policy, in: space) ?? 0)
    }
    guard let first = try PolicyProgram(space, constraints).anyPolicy() else { return nil }
    let least = space.cheapestByLayer(resource)
    var (low, high) = (try reached(least), try reached(first))
    while low < high {
      let constraint = CostConstraint(resource, atMost: Double((low + high) / 2))
      if let policy = try PolicyProgram(space, constraints + [constraint]).anyPolicy() {
        high = try reached(policy)
      } else {
        low = (low + high) / 2 + 1
      }
    }
    return Double(high)
  }

  private static func total(
    _ resource: Resource, of policy: Policy, in space: SearchSpace
  ) throws(PolicyProgramError) -> Double? {
    do { return try space.total(resource, of: policy) } catch { throw .network(error) }
  }
}
