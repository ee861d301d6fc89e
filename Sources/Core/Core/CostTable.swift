/// Every cost that a search can ask for: `[layer][weight bits][activation bits]`.
///
/// Built once from a `CostModel`, which is not asked again. For metrics whose aggregate is `network` the target is asked
/// about whole networks as long as the table is used, because no table of layers can answer that.
public struct CostTable: Sendable, Codable {
  public let network: Network
  /// Legal widths of weights and of activations, ascending.
  public let weightWidths: [BitWidth]
  public let activationWidths: [BitWidth]
  /// Which of these widths go together, and what becomes of others.
  public let widthRules: WidthRules
  /// The metrics that the target provides, and how each adds up over layers.
  public private(set) var aggregates: [Metric: Metric.Aggregate]
  public let provenance: Provenance

  private var columns: [Metric: [Double?]]
  private var breakdowns: [Breakdown?]
  private var interpolatedCells: Set<Int>
  /// Who says what the network costs as a whole; a table that was read from a file has nobody to ask.
  private var networkCosts: NetworkCosts?

  /// Which activations are alive together, where the network's graph is known.
  public private(set) var activationMemory: ActivationMemory?
  /// Metrics that the network itself determines, whatever the target; nil in tables of earlier versions.
  private var metricsOfNetwork: Set<Metric>?

  private enum CodingKeys: String, CodingKey {
    case activationMemory, metricsOfNetwork
    case network, weightWidths, activationWidths, widthRules, aggregates, provenance, columns, breakdowns
    case interpolatedCells
  }

  /// Asks `model` once for every point of `network` at the given widths, as far as they go together.
  ///
  /// - Parameter networkModel: whom to ask about metrics whose aggregate is `network`; without one, such metrics
  ///   have costs of layers but no total.
  /// - Precondition: both width lists are ascending and not empty.
  public init(
    of network: Network, from model: some CostModel, weightWidths: [BitWidth], activationWidths: [BitWidth],
    widthRules: WidthRules = WidthRules(), aggregates: [Metric: Metric.Aggregate], provenance: Provenance,
    networkModel: (any NetworkCostModel)? = nil
  ) throws {
    precondition(!weightWidths.isEmpty && weightWidths == Set(weightWidths).sorted())
    precondition(!activationWidths.isEmpty && activationWidths == Set(activationWidths).sorted())
    self.network = network
    self.weightWidths = weightWidths
    self.activationWidths = activationWidths
    self.widthRules = widthRules
    self.aggregates = aggregates
    self.provenance = provenance

    let points = Self.points(of: network, weightWidths: weightWidths, activationWidths: activationWidths)
    let legal = points.indices.filter { widthRules.pairs.allows(points[$0].precision) }
    var outcomes = [PointOutcome](repeating: .unsupported, count: points.count)
    for (index, outcome) in zip(legal, try model.outcomes(of: legal.map { points[$0] }, in: network)) {
      outcomes[index] = outcome
    }
    columns = aggregates.keys.reduce(into: [:]) { columns, metric in
      columns[metric] = outcomes.map { if case .cost(let cost) = $0 { cost[metric] } else { nil } }
    }
    breakdowns = outcomes.map { if case .cost(let cost) = $0 { cost.breakdown } else { nil } }
    interpolatedCells = Set(
      outcomes.indices.filter {
        if case .cost(let cost) = outcomes[$0] { cost.isInterpolated } else { false }
      })
    networkCosts = networkModel.map { NetworkCosts($0, of: network) }
  }

  /// The table with what the network itself tells beside what the target does: weight bytes where the target states
  /// none, and peak activation bytes where it is known which activations are alive together. The weight bytes are a sum
  /// over layers, as budgets count; weights that layers share count once for each of these layers.
  public func withMemory(_ memory: ActivationMemory?) -> CostTable {
    var table = self
    table.activationMemory = memory
    table.metricsOfNetwork = []
    if aggregates[.weightBytes] == nil {
      table.aggregates[.weightBytes] = .sum
      table.metricsOfNetwork?.insert(.weightBytes)
    }
    if memory != nil {
      table.aggregates[.peakActivationBytes] = .peak
      table.metricsOfNetwork?.insert(.peakActivationBytes)
    }
    return table
  }

  /// The metrics that the target itself states.
  public var metricsOfTarget: Set<Metric> { Set(aggregates.keys).subtracting(metricsOfNetwork ?? []) }

  private static func points(
    of network: Network, weightWidths: [BitWidth], activationWidths: [BitWidth]
  ) -> [Point] {
    network.layers.indices.flatMap { layer in
      weightWidths.flatMap { weight in
        activationWidths.map { Point(layer: layer, precision: Precision(weight: weight, activation: $0)) }
      }
    }
  }

  /// What a layer at `precision` is costed as, which differs from it only on a target that rounds up; nil when
  /// the target has no such precision.
  public func costedAs(_ precision: Precision) -> Precision? {
    widthRules.costedAs(precision, weightWidths: weightWidths, activationWidths: activationWidths)
  }

  /// The cost of one layer; nil when the target cannot run it at this precision.
  public func cost(_ metric: Metric, layer: Int, at precision: Precision) -> Double? {
    guard let cell = cell(layer: layer, at: precision) else { return nil }
    if metric == .weightBytes, metricsOfNetwork?.contains(metric) == true {
      return WeightStorage.bytes(network.layers[layer], at: precision.weight)
    }
    return columns[metric]?[cell]
  }

  /// Where the latency of one layer comes from; nil when the target does not say.
  public func breakdown(layer: Int, at precision: Precision) -> Breakdown? {
    cell(layer: layer, at: precision).flatMap { breakdowns[$0] }
  }

  /// Whether the cost of one layer lies between measured ones rather than being measured itself.
  public func isInterpolated(layer: Int, at precision: Precision) -> Bool {
    cell(layer: layer, at: precision).map(interpolatedCells.contains) ?? false
  }

  /// How many points of the table are interpolated.
  public var interpolatedCount: Int { interpolatedCells.count }

  /// All costs of one layer; without those that the target cannot give at this precision.
  public func costs(ofLayer layer: Int, at precision: Precision) -> [Metric: Double] {
    aggregates.keys.reduce(into: [:]) { $0[$1] = cost($1, layer: layer, at: precision) }
  }

  /// The cost of the network under `policy`; nil when the target does not state the metric or cannot run some layer.
  ///
  /// Throws when the target fails to say what the network costs, where only it can. A table that was read from a file has
  /// no target to ask, and then such a cost is nil.
  public func total(_ metric: Metric, of policy: Policy) throws(NetworkCostFailure) -> Double? {
    try aggregates[metric] == .network
      ? networkTotals(metric, of: [policy])[0] : layerTotal(metric, of: policy)
  }

  /// The same for many policies, which a target that is asked about whole networks answers at once.
  public func totals(_ metric: Metric, of policies: [Policy]) throws(NetworkCostFailure) -> [Double?] {
    try aggregates[metric] == .network
      ? networkTotals(metric, of: policies) : policies.map { layerTotal(metric, of: $0) }
  }

  /// The cost of the network under `policy` by every metric that has one.
  public func totals(of policy: Policy) throws(NetworkCostFailure) -> [Metric: Double] {
    var totals: [Metric: Double] = [:]
    for metric in aggregates.keys { totals[metric] = try total(metric, of: policy) }
    return totals
  }

  /// What the layers tell of the network's cost; nil when the target cannot run some layer, or only the target can say.
  private func layerTotal(_ metric: Metric, of policy: Policy) -> Double? {
    switch aggregates[metric] {
    case nil, .network: return nil
    case .sum: return layerSum(metric, of: policy)
    case .max: return combined(metric, of: policy, by: Swift.max)
    case .peak:
      let isRunnable = policy.precisions.enumerated().allSatisfy {
        cell(layer: $0.offset, at: $0.element) != nil
      }
      return isRunnable ? activationMemory.map { Double($0.peak(policy)) } : nil
    }
  }

  private func networkTotals(
    _ metric: Metric, of policies: [Policy]
  ) throws(NetworkCostFailure) -> [Double?] {
    let runnable = policies.indices.filter { layerSum(metric, of: policies[$0]) != nil }
    let costedAs = runnable.map { index in Policy(policies[index].precisions.map { self.costedAs($0)! }) }
    var totals = [Double?](repeating: nil, count: policies.count)
    guard let costs = try networkCosts?.costs(of: costedAs) else { return totals }
    for (index, cost) in zip(runnable, costs) { totals[index] = cost[metric] }
    return totals
  }

  /// What the costs of the layers under `policy` add up to, whatever the network costs; nil when the target cannot
  /// run some layer.
  public func layerSum(_ metric: Metric, of policy: Policy) -> Double? { combined(metric, of: policy, by: +) }

  private func combined(
    _ metric: Metric, of policy: Policy, by combine: (Double, Double) -> Double
  ) -> Double? {
    var total = 0.0
    for (layer, precision) in policy.precisions.enumerated() {
      guard let cost = cost(metric, layer: layer, at: precision) else { return nil }
      total = combine(total, cost)
    }
    return total
  }

  /// Whether the target can run `layer` at `precision`.
  public func supports(layer: Int, at precision: Precision) -> Bool {
    guard let cell = cell(layer: layer, at: precision) else { return false }
    return columns.values.allSatisfy { $0[cell] != nil }
  }

  private func cell(layer: Int, at precision: Precision) -> Int? {
    guard network.layers.indices.contains(layer), let precision = costedAs(precision),
      let weight = weightWidths.firstIndex(of: precision.weight),
      let activation = activationWidths.firstIndex(of: precision.activation)
    else { return nil }
    return (layer * weightWidths.count + weight) * activationWidths.count + activation
  }
}
