/// Every cost that a search can ask for: `[layer][weight bits][activation bits]`, and `[output bits]` where costs depend on
/// the width at which a layer's output is stored.
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

  /// The widths at which outputs may be stored, ascending; nil where costs do not depend on them.
  let outputWidths: [BitWidth]?
  private(set) var columns: [Metric: [Double?]]
  /// Of the logarithms of latencies; nil where the target does not say how sure it is.
  private(set) var deviations: Deviations?
  /// What layers take by themselves, where latencies are their parts in that of the network; nil elsewhere.
  private(set) var latenciesAlone: [Double?]?
  private(set) var breakdowns: [Breakdown?]
  private(set) var interpolatedCells: Set<Int>
  /// Who says what the network costs as a whole; a table that was read from a file has nobody to ask.
  private(set) var networkCosts: NetworkCosts?

  /// Which activations are alive together, where the network's graph is known.
  public private(set) var activationMemory: ActivationMemory?
  /// Metrics that the network itself determines, whatever the target; nil in tables of earlier versions.
  private(set) var metricsOfNetwork: Set<Metric>?

  private enum CodingKeys: String, CodingKey {
    case activationMemory, metricsOfNetwork, deviations, latenciesAlone
    case network, weightWidths, activationWidths, outputWidths, widthRules, aggregates, provenance, columns
    case breakdowns
    case interpolatedCells
  }

  /// Asks `model` once for every point of `network` at the given widths, as far as they go together.
  ///
  /// A model whose costs depend on output widths is asked about all that policies can lead to, if the network says who
  /// reads its outputs.
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

    outputWidths = Self.outputWidths(of: network, from: model, activationWidths: activationWidths)
    let points = Self.points(
      of: network, weightWidths: weightWidths, activationWidths: activationWidths, outputWidths: outputWidths)
    let legal = points.indices.filter { index in
      let point = points[index]
      return widthRules.allows(point.precision, for: network.layers[point.layer].kind)
        && Self.isPossible(point.output, ofLayer: point.layer, in: network, activationWidths)
    }
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
    let deviations: [Double?] = outcomes.map { outcome in
      if case .cost(let cost) = outcome { cost.latencyDeviation } else { nil }
    }
    if deviations.contains(where: { $0 != nil }) {
      self.deviations = Deviations(
        ofLogarithms: deviations, correlation: model.errorCorrelation,
        ofNetwork: model.networkDeviation > 0 ? model.networkDeviation : nil)
    }
    let alone: [Double?] = outcomes.map { if case .cost(let cost) = $0 { cost.latencyAlone } else { nil } }
    if alone.contains(where: { $0 != nil }) { latenciesAlone = alone }
    networkCosts = networkModel.map { NetworkCosts($0, of: network) }
  }

  /// How unsure the latencies of single cells are, and how their errors go together.
  struct Deviations: Hashable, Sendable, Codable {
    var ofLogarithms: [Double?]
    /// Of the errors of two layers, 0 to 1.
    var correlation: Double
    /// Of the logarithm of the network's latency, from what has nothing to do with single layers; nil in tables of earlier
    /// versions, for 0.
    var ofNetwork: Double?
    /// The probability at which latencies hold, where they are raised to one.
    var confidence: Double?
  }

  /// The same table with other latencies.
  func withLatencies(_ latencies: [Double?], _ deviations: Deviations) -> CostTable {
    var table = self
    table.columns[.latency] = latencies
    table.deviations = deviations
    return table
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
    of network: Network, weightWidths: [BitWidth], activationWidths: [BitWidth], outputWidths: [BitWidth]?
  ) -> [Point] {
    let outputs = outputWidths?.map(Optional.some) ?? [nil]
    return network.layers.indices.flatMap { layer in
      weightWidths.flatMap { weight in
        activationWidths.flatMap { activation in
          outputs.map {
            Point(layer: layer, precision: Precision(weight: weight, activation: activation), output: $0)
          }
        }
      }
    }
  }
}
