public import HardwareModel

/// A limit on one metric of a network, resolved for one search space and known to be reachable.
public struct Budget: Hashable, Sendable, Codable {
  public let metric: Metric
  /// In the metric's SI unit, for the whole network and batch.
  public let limit: Double
  /// The least that a policy of the space can cost.
  public let minimum: Double
  /// The cost of 8-bit weights and activations everywhere; nil when the target cannot run that.
  public let eightBit: Double?

  /// A limit as people state it.
  public enum Limit: Hashable, Sendable {
    /// In the metric's SI unit.
    case absolute(Double)
    /// A share of the cost of uniform 8 bit.
    case relative(Double)
  }

  /// Throws `infeasible`, with the least reachable cost, when no policy of `space` meets the limit.
  public init(_ metric: Metric, _ limit: Limit, in space: SearchSpace) throws(PrecisionSearchError) {
    guard let aggregate = space.table.aggregates[metric] else {
      throw .metricUnavailable(metric, available: Array(space.table.aggregates.keys))
    }
    self.metric = metric
    eightBit = space.table.total(metric, of: .uniform(.eight, layerCount: space.layerCount))
    switch limit {
    case .absolute(let value), .relative(let value):
      guard value > 0, value.isFinite else { throw .illegalLimit(value) }
    }
    switch limit {
    case .absolute(let value): self.limit = value
    case .relative(let share):
      guard let eightBit else { throw .eightBitUnsupported(metric) }
      self.limit = share * eightBit
    }
    // Layers are independent under a sum and under a maximum, so each at its cheapest is cheapest.
    minimum = aggregate.total(
      (0..<space.layerCount).map { space.cost(metric, layer: $0, at: space.cheapest(metric, ofLayer: $0)) })
    if minimum > self.limit {
      throw .infeasible(metric, limit: self.limit, minimum: minimum, eightBit: eightBit)
    }
  }

  /// Whether `policy` of this budget's search space costs at most `limit`.
  public func admits(_ policy: Policy, in space: SearchSpace) -> Bool {
    space.table.total(metric, of: policy).map { $0 <= limit } ?? false
  }
}

extension SearchSpace {
  /// The cost of a precision that this space contains.
  func cost(_ metric: Metric, layer: Int, at precision: Precision) -> Double {
    guard let cost = table.cost(metric, layer: layer, at: precision) else {
      preconditionFailure("\(precision) of layer \(layer) is not in the search space")
    }
    return cost
  }

  /// The precision of least cost; among equals the widest, which costs no accuracy.
  func cheapest(_ metric: Metric, ofLayer layer: Int) -> Precision {
    precisions(ofLayer: layer).reversed().min {
      cost(metric, layer: layer, at: $0) < cost(metric, layer: layer, at: $1)
    }!
  }
}

extension Metric.Aggregate {
  /// The cost of a network from the costs of its layers, added in layer order as `CostTable` does.
  func total(_ costs: [Double]) -> Double {
    switch self {
    case .sum: costs.reduce(0, +)
    case .max: costs.reduce(0, Swift.max)
    }
  }
}
