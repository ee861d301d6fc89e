public import Core

/// What a limit is on: a metric of the network, on one of the targets of a search space.
public struct Resource: Hashable, Sendable {
  public var metric: Metric
  /// Position among the tables of the space.
  public var target: Int

  public init(_ metric: Metric, target: Int = 0) {
    self.metric = metric
    self.target = target
  }
}

extension SearchSpace {
  /// How the costs of layers make that of the network; nil when the target does not provide the metric.
  func aggregate(of resource: Resource) -> Metric.Aggregate? {
    tables[resource.target].aggregates[resource.metric]
  }

  /// Such as `latency`, or `latency on edge-array` in a space of several targets.
  public func title(of resource: Resource) -> String {
    tables.count > 1
      ? "\(resource.metric.title) on \(tables[resource.target].provenance.name)" : resource.metric.title
  }

  /// The cost of a precision that this space contains, in the metric's SI unit.
  ///
  /// Of peak memory, the bytes of the activations whose width the layer has a part in.
  func cost(_ resource: Resource, layer: Int, at precision: Precision) -> Double {
    if aggregate(of: resource) == .peak, let memory = tables[resource.target].activationMemory {
      return Double(memory.bytes(ofLayer: layer, at: precision.activation))
    }
    guard let cost = tables[resource.target].cost(resource.metric, layer: layer, at: precision) else {
      preconditionFailure("\(precision) of layer \(layer) is not in the search space")
    }
    return cost
  }

  /// The cost of the network, in the metric's SI unit; nil when the target cannot run some layer of `policy`.
  public func total(_ resource: Resource, of policy: Policy) throws(NetworkCostFailure) -> Double? {
    try tables[resource.target].total(resource.metric, of: policy)
  }

  /// The same for many policies, which targets that are asked about whole networks answer at once.
  func totals(_ resource: Resource, of policies: [Policy]) throws(NetworkCostFailure) -> [Double?] {
    try tables[resource.target].totals(resource.metric, of: policies)
  }

  /// Whether only the target can say what the network costs.
  func isOfNetwork(_ resource: Resource) -> Bool { aggregate(of: resource) == .network }

  /// The precision of least cost; among equals the widest, which costs no accuracy.
  func cheapest(_ resource: Resource, ofLayer layer: Int) -> Precision {
    precisions(ofLayer: layer).reversed().min {
      cost(resource, layer: layer, at: $0) < cost(resource, layer: layer, at: $1)
    }!
  }
}
