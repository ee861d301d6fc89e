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

  /// The cost of a precision that this space contains, in the metric's SI unit; the least where it depends on the width at
  /// which the layer's output is stored.
  ///
  /// Of peak memory, the bytes of the activations whose width the layer has a part in.
  func leastLayerCost(_ resource: Resource, layer: Int, at precision: Precision) -> Double {
    guard outputs.matter(to: resource, ofLayer: layer) else {
      return cost(resource, layer: layer, at: precision, output: outputs.widths(ofLayer: layer).last)
    }
    let costs = outputs.widths(ofLayer: layer).map {
      cost(resource, layer: layer, at: precision, output: $0)
    }
    return costs.min()!
  }

  /// The cost of a layer under a policy of this space.
  func cost(_ resource: Resource, layer: Int, under policy: Policy) -> Double {
    let output = tables[resource.target].outputWidth(ofLayer: layer, under: policy)
    return cost(resource, layer: layer, at: policy[layer], output: output)
  }

  /// The cost of a precision that this space contains, with the layer's output stored at a width that policies can lead to.
  ///
  /// - Parameter output: Any such width where the cost does not depend on it.
  func cost(_ resource: Resource, layer: Int, at precision: Precision, output: BitWidth?) -> Double {
    let table = tables[resource.target]
    if aggregate(of: resource) == .peak, let memory = table.activationMemory {
      return Double(memory.bytes(ofLayer: layer, at: precision.activation))
    }
    guard let cost = table.cost(resource.metric, layer: layer, at: precision, output: output) else {
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
      leastLayerCost(resource, layer: layer, at: $0) < leastLayerCost(resource, layer: layer, at: $1)
    }!
  }
}
