import Core
import IntegerPrograms

/// What a policy may use of one resource, in the metric's SI unit.
struct ResourceLimit: Hashable, Sendable {
  var resource: Resource
  var value: Double

  init(_ resource: Resource, _ value: Double) {
    self.resource = resource
    self.value = value
  }

  init(_ budget: Budget) { self.init(budget.resource, budget.limit) }
}

/// The policies of a space within limits, as a program that is solved exactly for the least penalty.
struct PolicyProgram: Sendable {
  let space: SearchSpace
  private let limits: [ResourceLimit]
  /// Those whose layers' costs add up.
  private let sums: [ResourceLimit]
  /// Those on the memory of activations.
  private let peaks: [PeakLimit]
  /// Those of networks as a whole, which no program of layers can keep.
  let networks: [ResourceLimit]
  /// What each layer may have: under a maximum, a limit bounds each layer alone.
  private let options: [[Precision]]

  /// A policy, what its layers' penalties add up to, and how far from the least that may be, as a share of it.
  struct Solution {
    var policy: Policy
    var penalty: Double
    var gap: Double
  }

  /// - Parameter surrogate: how costs of layers stand for that of a network as a whole; nil leaves such limits to
  ///   `solve`, which keeps them.
  init(_ space: SearchSpace, limits: [ResourceLimit], networksAs surrogate: Metric.Aggregate? = nil) {
    self.space = space
    self.limits = limits
    func aggregate(_ limit: ResourceLimit) -> Metric.Aggregate? {
      let aggregate = space.aggregate(of: limit.resource)
      return aggregate == .network ? surrogate : aggregate
    }
    networks = surrogate == nil ? limits.filter { space.isOfNetwork($0.resource) } : []
    sums = limits.filter { aggregate($0) == .sum }
    peaks = limits.filter { aggregate($0) == .peak }.map { limit in
      guard let memory = space.tables[limit.resource.target].activationMemory else {
        preconditionFailure("peak memory is a metric of tables that know what is alive")
      }
      return PeakLimit(memory, bytes: Int(limit.value.rounded(.down)))
    }
    let maxima = limits.filter { aggregate($0) == .max }
    options = (0..<space.layerCount).map { layer in
      space.precisions(ofLayer: layer).filter { precision in
        maxima.allSatisfy { space.cost($0.resource, layer: layer, at: precision) <= $0.value }
      }
    }
  }

  /// The policy within the limits of the least penalty; with limits on networks as a whole, a good one.
  ///
  /// - Parameter fallback: A policy known to be within the limits, where nothing better is found.
  func solve(
    seconds: Double = 60, fallback: Policy? = nil, penalty: (_ layer: Int, Precision) -> Double
  ) throws(IntegerProgramError) -> Solution {
    networks.isEmpty
      ? try solveByLayers(seconds: seconds, penalty: penalty)
      : try NetworkProgram(space, limits: limits).solve(
        seconds: seconds, fallback: fallback, penalty: penalty)
  }

  /// The exact solution of what layers alone decide.
  func solveByLayers(
    seconds: Double, penalty: (_ layer: Int, Precision) -> Double
  ) throws(IntegerProgramError) -> Solution {
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
    seconds: Double, rows: [PeakLimit.Row], penalty: (_ layer: Int, Precision) -> Double
  ) throws(IntegerProgramError) -> Solution {
    let program = ChoiceProgram(
      groups: options.enumerated().map { layer, precisions in
        precisions.map { precision in
          ChoiceProgram.Option(
            penalty: penalty(layer, precision),
            uses: sums.map { space.cost($0.resource, layer: layer, at: precision) }
              + rows.map { Double($0.bytes(layer: layer, at: precision.activation)) },
            kind: precision.activation.bits)
        }
      }, limits: sums.map(\.value) + rows.map { Double($0.limit) }, links: space.couplings.sets)
    let solution = try program.solve(seconds: seconds)
    return Solution(
      policy: Policy(zip(options, solution.choices).map { $0[$1] }), penalty: solution.penalty,
      gap: solution.gap)
  }

  /// Any policy within the limits; nil when there is none.
  func anyPolicy() throws(IntegerProgramError) -> Policy? {
    do {
      return try solve { _, _ in 0 }.policy
    } catch .infeasible {
      return nil
    }
  }

  /// The least cost within limits; nil when no policy is within them.
  ///
  /// - Precondition: neither `resource` nor a limit is of a network as a whole.
  static func least(
    of resource: Resource, within limits: [ResourceLimit], in space: SearchSpace
  ) throws(IntegerProgramError) -> Double? {
    if space.aggregate(of: resource) == .sum {
      do {
        let policy = try PolicyProgram(space, limits: limits)
          .solve { space.cost(resource, layer: $0, at: $1) }.policy
        return space.total(resource, of: policy)
      } catch .infeasible {
        return nil
      }
    }
    if space.aggregate(of: resource) == .peak {
      return try leastPeak(resource, within: limits, in: space)
    }
    // The least maximum is the cost of some layer at some precision; larger limits only admit more.
    let costs = Set(
      (0..<space.layerCount).flatMap { layer in
        space.precisions(ofLayer: layer).map { space.cost(resource, layer: layer, at: $0) }
      }
    ).sorted()
    func isReachable(_ cost: Double) throws(IntegerProgramError) -> Bool {
      try PolicyProgram(space, limits: limits + [ResourceLimit(resource, cost)]).anyPolicy() != nil
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
    _ resource: Resource, within limits: [ResourceLimit], in space: SearchSpace
  ) throws(IntegerProgramError) -> Double? {
    func reached(_ policy: Policy) -> Int { Int(space.total(resource, of: policy) ?? 0) }
    guard let first = try PolicyProgram(space, limits: limits).anyPolicy() else { return nil }
    var (low, high) = (Int(space.minimum(of: resource) ?? 0), reached(first))
    while low < high {
      let limit = ResourceLimit(resource, Double((low + high) / 2))
      if let policy = try PolicyProgram(space, limits: limits + [limit]).anyPolicy() {
        high = reached(policy)
      } else {
        low = (low + high) / 2 + 1
      }
    }
    return Double(high)
  }
}
