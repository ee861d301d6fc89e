import Core

extension Comparison {
  /// What a reader must know before trusting the statistics.
  ///
  /// - Parameter clockHertz: The target's clock, to notice cycles that were taken for seconds.
  public func warnings(clockHertz: Double?) -> [String] {
    var warnings: [String] = []
    let units: [(name: String, perSI: Double)] =
      switch metric.unit {
      case .seconds: [("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9)]
      case .joules: [("millijoules", 1e3), ("microjoules", 1e6), ("nanojoules", 1e9), ("picojoules", 1e12)]
      case .bytes: [("bits", 8), ("kilobytes", 1e-3), ("megabytes", 1e-6)]
      }
    let suspicion = UnitSuspicion(
      ratios: points.map { $0.measured / $0.predicted }, units: units,
      clockHertz: metric == .latency ? clockHertz : nil, batch: network.batch)
    if let suspicion { warnings.append(suspicion.sentence(siUnit: metric.unit.name)) }
    if !unmeasuredLayers.isEmpty {
      let names =
        unmeasuredLayers.prefix(5).joined(separator: ", ") + (unmeasuredLayers.count > 5 ? ", ..." : "")
      warnings.append(
        "the table lacks \(unmeasuredLayers.count) of \(network.layers.count) layers (\(names)); all figures "
          + "are of the other \(network.layers.count - unmeasuredLayers.count)")
    }
    if !unpredicted.isEmpty {
      let names = unpredicted.prefix(5).map { "\(network.layers[$0.layer].name) at \($0.precision)" }
      warnings.append(
        "the target cannot run \(unpredicted.count) measured points, which no figure counts: "
          + names.joined(separator: ", ") + (unpredicted.count > 5 ? ", ..." : ""))
    }
    return warnings
  }
}
