import HardwareModel
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
    let program = ChoiceProgram(
      groups: options.enumerated().map { layer, precisions in
        precisions.map { precision in
          ChoiceProgram.Option(
            penalty: penalty(layer, precision),
            uses: sums.map { space.cost($0.resource, layer: layer, at: precision) },
            kind: precision.activation.bits)
        }
      }, limits: sums.map(\.value), links: space.couplings.sets)
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
}
