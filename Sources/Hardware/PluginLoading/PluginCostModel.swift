public import Core

/// A target whose costs come from a loaded library; trusts no cell that the library wrote.
public struct PluginCostModel: CostModel {
  /// Largest number of points in one call (H-26); the plugin may want less.
  package static let pointLimit = 65_536

  let library: any ModelLibrary
  private let targetID: String
  private let baseDirectory: String
  private let parameters: [Parameter]
  private let metrics: [Metric]
  /// Those of `metrics` that are asked of whole networks too.
  let networkMetrics: [Metric]

  /// Binds a plugin of this process to a target; the plugin sees the parameters when a network is costed.
  ///
  /// - Parameter baseDirectory: absolute path of the folder of the target's spec.
  /// - Parameter parameters: keys are unique; any order.
  /// - Parameter metrics: what to ask for, not empty. Throws `metricNotProvided` for one that the plugin lacks.
  /// - Parameter networkMetrics: those of `metrics` whose costs do not add over layers. Throws `networkNotProvided`
  ///   when there is one and the plugin does not offer `haq.network/1`.
  public init(
    plugin: LoadedPlugin, targetID: String, baseDirectory: String, parameters: [Parameter],
    metrics: Set<Metric>, networkMetrics: Set<Metric> = []
  ) throws(PluginError) {
    try self.init(
      library: plugin, targetID: targetID, baseDirectory: baseDirectory, parameters: parameters,
      metrics: metrics, networkMetrics: networkMetrics)
  }

  /// The same for a library that is loaded anywhere.
  package init(
    library: any ModelLibrary, targetID: String, baseDirectory: String, parameters: [Parameter],
    metrics: Set<Metric>, networkMetrics: Set<Metric> = []
  ) throws(PluginError) {
    precondition(metrics.isSuperset(of: networkMetrics))
    precondition(!metrics.isEmpty && Set(parameters.map(\.key)).count == parameters.count)
    let provided = Metric.ofTargets.filter(library.facts.provides.contains)
    self.metrics = Metric.ofTargets.filter(metrics.contains)
    self.networkMetrics = Metric.ofTargets.filter(networkMetrics.contains)
    if let absent = self.metrics.first(where: { !provided.contains($0) }) {
      throw .metricNotProvided(plugin: library.facts.title, metric: absent, provided: provided)
    }
    guard networkMetrics.isEmpty || library.facts.providesNetwork else {
      throw .networkNotProvided(plugin: library.facts.title, metrics: self.networkMetrics)
    }
    self.library = library
    self.targetID = targetID
    self.baseDirectory = baseDirectory
    self.parameters = parameters
  }

  public var usesOutputWidths: Bool { library.facts.usesOutputWidths }

  /// Throws `formatNotKnown` for a width that is no number of bits, unless the library knows formats.
  public func requireFormats(of widths: some Sequence<BitWidth>) throws(PluginError) {
    guard !library.facts.usesFormats, let format = widths.first(where: { !$0.isNumberOfBits }) else { return }
    throw .formatNotKnown(plugin: library.facts.title, format: format)
  }

  /// The same for points, before the first of them is sent.
  func requireFormats(of points: some Sequence<Point>) throws(PluginError) {
    // Without an array for each point: a simple library takes 30 ns for one.
    guard !library.facts.usesFormats, let point = points.first(where: { !$0.isNumbersOfBits }) else { return }
    let widths = [point.precision.weight, point.precision.activation] + (point.output.map { [$0] } ?? [])
    try requireFormats(of: widths)
  }

  /// The outcome of every point, from a fresh instance; throws `PluginError`, or why a sandbox ended.
  ///
  /// - Precondition: every point names a layer of `network`.
  public func outcomes(of points: [Point], in network: Network) throws -> [PointOutcome] {
    precondition(points.allSatisfy { network.layers.indices.contains($0.layer) })
    try requireFormats(of: points)
    let instance = try instance(for: network)
    let ownLimit = library.facts.maxPoints
    let limit = ownLimit == 0 ? Self.pointLimit : min(ownLimit, Self.pointLimit)
    var outcomes: [PointOutcome] = []
    outcomes.reserveCapacity(points.count)
    for start in stride(from: 0, to: points.count, by: limit) {
      let isAll = points.count <= limit
      let batch = isAll ? points : Array(points[start..<min(start + limit, points.count)])
      try append(to: &outcomes, of: batch, in: network, from: instance)
    }
    try instance.end()
    return outcomes
  }

  /// What confines the library.
  public var confinement: String {
    library.facts.confinement ?? "nothing: the library ran in the program's own process"
  }

  /// How errors name the plugin.
  var title: String { library.facts.title }

  /// A fresh instance.
  func instance(for network: Network) throws -> any ModelInstance {
    try library.instance(
      of: ModelSetup(
        targetID: targetID, baseDirectory: baseDirectory, parameters: parameters, network: network))
  }

  /// In place: a second array of outcomes, freed with the first, is as much memory as the allocator gives back to
  /// the kernel at once, and mapping it again takes longer than all else here.
  private func append(
    to outcomes: inout [PointOutcome], of points: [Point], in network: Network,
    from instance: any ModelInstance
  ) throws {
    let cells = CellCheck(plugin: library.facts.title, network: network, points: points)
    let first = outcomes.count
    try cells.append(to: &outcomes, from: instance.columns(of: metrics, for: points))
    guard metrics.contains(.latency), library.facts.providesBreakdown else { return }

    let costed = points.indices.filter { if case .cost = outcomes[first + $0] { true } else { false } }
    guard !costed.isEmpty else { return }
    let raw = try instance.breakdown(for: costed.map { points[$0] })
    for (row, index) in costed.enumerated() {
      guard case .cost(var cost) = outcomes[first + index] else { continue }
      cost.breakdown = try cells.breakdown(from: raw, row: row, point: index)
      outcomes[first + index] = .cost(cost)
    }
  }
}
