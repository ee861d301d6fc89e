public import Core

extension PluginCostModel {
  /// What the costs of `points` are made of (`haq.components/1`), from a fresh instance; nil when the plugin
  /// does not say.
  ///
  /// Throws `PluginError`, also when the components of a metric do not add up to it.
  /// - Precondition: at most 65,536 points, each of a layer of `network`.
  public func components(of points: [Point], in network: Network) throws -> ComponentTable? {
    precondition(points.count <= Self.pointLimit)
    let outcomes = try outcomes(of: points, in: network)
    let costed = outcomes.indices.filter { if case .cost = outcomes[$0] { true } else { false } }
    let instance = try instance(for: network)
    guard let raw = try instance.components(for: costed.map { points[$0] }) else { return nil }
    try instance.end()
    let (components, values) = (raw.components, raw.values)
    let cells = CellCheck(plugin: title, network: network, points: points)
    var rows = [[Double]?](repeating: nil, count: points.count)
    for (row, point) in costed.enumerated() {
      guard case .cost(let cost) = outcomes[point] else { continue }
      let start = row * components.count
      rows[point] = try cells.values(
        of: components, from: values[start..<start + components.count], cost: cost, point: point)
    }
    return ComponentTable(components: components, values: rows)
  }

  /// What the target takes of its device (`haq.resources/1`); empty when the plugin does not say.
  ///
  /// Throws `PluginError`, also when the target does not fit its device. Resources follow from the parameters
  /// alone, so the instance is made for one smallest layer of `kind`.
  public func resources(kind: Layer.Kind) throws -> [ResourceUse] {
    let layer = Layer(name: "smallest", kind: kind, inputChannels: 1, outputChannels: 1)
    let instance = try instance(for: Network(name: "smallest", layers: [layer]))
    let resources = try instance.resources()
    try instance.end()
    return resources
  }
}

extension CellCheck {
  /// How far the sum of a metric's components may be from the metric, relative (H-34).
  private static let largestGap = 1e-9

  /// The components of one point, each in range, and those of each metric adding up to its cost.
  func values(
    of components: [Component], from raw: ArraySlice<Double>, cost: Cost, point: Int
  ) throws(PluginError) -> [Double] {
    var values: [Double] = []
    var sums: [Metric: Double] = [:]
    for (component, value) in zip(components, raw) {
      let value = try checked(value, column: "component \(component.name)", point: point)
      values.append(value)
      if let metric = component.metric { sums[metric, default: 0] += value }
    }
    for (metric, sum) in sums {
      guard let whole = cost[metric], abs(sum - whole) > Self.largestGap * whole else { continue }
      throw fault(
        point: point, column: metric.rawValue, "is \(whole), but its components add up to \(sum)")
    }
    return values
  }
}
