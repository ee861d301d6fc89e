internal import CHAQPlugin
public import HardwareModel

/// A target whose costs come from a plugin; trusts no cell that the plugin wrote.
public struct PluginCostModel: CostModel {
  /// Largest number of points in one call (H-26); the plugin may want less.
  static let pointLimit = 65_536

  private let plugin: LoadedPlugin
  private let targetID: String
  private let baseDirectory: String
  private let parameters: [Parameter]
  private let metrics: [Metric]

  /// Binds a plugin to a target; the plugin sees the parameters when a network is costed.
  ///
  /// - Parameter baseDirectory: absolute path of the folder of the target's spec.
  /// - Parameter parameters: keys are unique; any order.
  /// - Parameter metrics: what to ask for, not empty. Throws `metricNotProvided` for one that the plugin lacks.
  public init(
    plugin: LoadedPlugin, targetID: String, baseDirectory: String, parameters: [Parameter],
    metrics: Set<Metric>
  ) throws(PluginError) {
    precondition(!metrics.isEmpty && Set(parameters.map(\.key)).count == parameters.count)
    let provided = Metric.allCases.filter(plugin.provides.contains)
    self.metrics = Metric.allCases.filter(metrics.contains)
    if let absent = self.metrics.first(where: { !provided.contains($0) }) {
      throw .metricNotProvided(plugin: plugin.title, metric: absent, provided: provided)
    }
    self.plugin = plugin
    self.targetID = targetID
    self.baseDirectory = baseDirectory
    self.parameters = parameters
  }

  /// The outcome of every point, from a fresh instance; throws `PluginError`.
  ///
  /// - Precondition: every point names a layer of `network`.
  public func outcomes(of points: [Point], in network: Network) throws -> [PointOutcome] {
    precondition(points.allSatisfy { network.layers.indices.contains($0.layer) })
    let instance = try instance(for: network)
    let ownLimit = Int(plugin.table.max_points)
    let limit = ownLimit == 0 ? Self.pointLimit : min(ownLimit, Self.pointLimit)
    var outcomes: [PointOutcome] = []
    outcomes.reserveCapacity(points.count)
    for start in stride(from: 0, to: points.count, by: limit) {
      let batch = Array(points[start..<min(start + limit, points.count)])
      outcomes += try self.outcomes(of: batch, in: network, from: instance)
    }
    return outcomes
  }

  /// How errors name the plugin.
  var title: String { plugin.title }

  /// A fresh instance.
  func instance(for network: Network) throws(PluginError) -> PluginInstance {
    let setup = try PluginSetup(
      plugin: plugin.title, targetID: targetID, baseDirectory: baseDirectory, parameters: parameters,
      network: network)
    return try PluginInstance(plugin: plugin, targetID: targetID, setup: setup)
  }

  private func outcomes(
    of points: [Point], in network: Network, from instance: PluginInstance
  ) throws(PluginError) -> [PointOutcome] {
    let cells = CellCheck(plugin: plugin.title, network: network, points: points)
    var outcomes = try cells.outcomes(
      from: instance.columns(of: metrics, for: points.map(haq_point.init)))
    guard metrics.contains(.latency) else { return outcomes }

    let costed = outcomes.indices.filter { if case .cost = outcomes[$0] { true } else { false } }
    guard !costed.isEmpty, let raw = try instance.breakdown(for: costed.map { haq_point(points[$0]) })
    else { return outcomes }
    for (row, index) in costed.enumerated() {
      guard case .cost(var cost) = outcomes[index] else { continue }
      cost.breakdown = try cells.breakdown(from: raw, row: row, point: index)
      outcomes[index] = .cost(cost)
    }
    return outcomes
  }
}

extension haq_point {
  init(_ point: Point) {
    self.init(
      layer: UInt32(point.layer), weight_bits: UInt16(point.precision.weight.bits),
      activation_bits: UInt16(point.precision.activation.bits), output_bits: 0, flags: 0, reserved: 0)
  }
}
