public import Core

/// A limit on one metric of a network, resolved for one search space and known to be reachable without the others.
public struct Budget: Hashable, Sendable {
  public let resource: Resource
  /// In the metric's SI unit, for the whole network and batch.
  public let limit: Double
  /// The least that a policy of the space can cost; of a network as a whole, the least that was found.
  public let minimum: Double
  /// What relative limits are shares of: mostly 8-bit weights and activations everywhere.
  public let reference: Precision
  /// What that costs; nil when the target cannot run it.
  public let referenceCost: Double?
  /// A policy that costs `minimum`.
  let cheapest: Policy

  public var metric: Metric { resource.metric }

  /// The reference with its cost, to print costs beside.
  public var comparison: ReferenceCost { ReferenceCost(reference, cost: referenceCost) }

  /// Throws `infeasible`, with the least reachable cost, when no policy of `space` meets the limit; `notFound` when
  /// that is not proven, and `networkFailed` when the target does not say what networks cost.
  public init(_ request: BudgetRequest, in space: SearchSpace) throws(PrecisionSearchError) {
    let (resource, metric, target) = (request.resource, request.resource.metric, request.resource.target)
    let found: LeastCost?
    let reference = space.reference(ofTarget: target)
    let referenceCost: Double?
    do {
      found = try space.leastCost(resource)
      referenceCost = try space.total(resource, of: .uniform(reference, layerCount: space.layerCount))
    } catch { throw .networkFailed("\(error)") }
    guard let least = found else {
      throw .metricUnavailable(metric, available: Array(space.tables[target].aggregates.keys))
    }
    let minimum = least.cost
    self.resource = resource
    cheapest = least.policy
    self.minimum = minimum
    self.reference = reference
    self.referenceCost = referenceCost
    switch request.amount {
    case .absolute(let value), .relative(let value):
      guard value > 0, value.isFinite else { throw .illegalLimit(value) }
    }
    switch request.amount {
    case .absolute(let value): self.limit = value
    case .relative(let share):
      guard let referenceCost else { throw .referenceUnsupported(metric, reference) }
      self.limit = share * referenceCost
    }
    if minimum > self.limit {
      let reference = ReferenceCost(reference, cost: referenceCost)
      guard least.isProven else {
        throw .notFound(
          metric, limit: self.limit, least: minimum, tried: least.tried, reference: reference)
      }
      throw .infeasible(metric, limit: self.limit, minimum: minimum, reference: reference)
    }
  }

  /// A budget on `metric` of the target in this position among the space's tables.
  public init(
    _ metric: Metric, _ amount: BudgetRequest.Amount, target: Int = 0, in space: SearchSpace
  ) throws(PrecisionSearchError) {
    try self.init(BudgetRequest(metric, amount, target: target), in: space)
  }

  /// Whether `policy` of this budget's search space costs at most `limit`.
  public func admits(_ policy: Policy, in space: SearchSpace) throws(NetworkCostFailure) -> Bool {
    try space.total(resource, of: policy).map { $0 <= limit } ?? false
  }
}

extension SearchSpace {
  /// The least that a policy can cost, or, of a network as a whole, the least that was found; nil when the target
  /// does not provide the metric.
  public func minimum(of resource: Resource) throws(NetworkCostFailure) -> Double? {
    try leastCost(resource)?.cost
  }

  /// The least that a policy can cost, and which does; nil when the target does not provide the metric.
  func leastCost(_ resource: Resource) throws(NetworkCostFailure) -> LeastCost? {
    switch aggregate(of: resource) {
    case nil: return nil
    case .network: return try leastNetworkCost(resource)
    case .sum, .max, .peak:
      if outputs.matter(to: resource) || (aggregate(of: resource) == .peak && !hasActivationChain) {
        return try leastCostOfCoupledLayers(resource)
      }
      let policy = cheapestByLayer(resource)
      return try total(resource, of: policy)
        .map { LeastCost(policy: policy, cost: $0, tried: 1, isProven: true) }
    }
  }

  /// Layers are independent under a sum and under a maximum, so each is at its cheapest; tied layers are tried at
  /// every activation width that they can have. Where costs depend on the widths of outputs, each layer is taken at the
  /// cheapest for it, whatever its readers have. The costs of a network as a whole are taken for a sum; those of peak
  /// memory fall with every activation width, so that the least are best whatever they are taken for.
  func cheapestByLayer(_ resource: Resource) -> Policy {
    var policy = Policy((0..<layerCount).map { cheapest(resource, ofLayer: $0) })
    guard let stated = aggregate(of: resource) else { return policy }
    let aggregate: Metric.Aggregate = stated.isOfLayers ? stated : .sum
    for set in tiedWidths.sets {
      let settings = widths(ofLayer: set[0], .activation).reversed().map { width in
        set.map { layer in
          precisions(ofLayer: layer).reversed().filter { $0.activation == width }.min {
            leastLayerCost(resource, layer: layer, at: $0) < leastLayerCost(resource, layer: layer, at: $1)
          }!
        }
      }
      func total(_ setting: [Precision]) -> Double {
        aggregate.total(zip(set, setting).map { leastLayerCost(resource, layer: $0, at: $1) })
      }
      let best = settings.min { total($0) < total($1) }!
      for (layer, precision) in zip(set, best) { policy[layer] = precision }
    }
    return policy
  }
}
