import Core

extension Comparison {
  /// A factor between all measured and predicted costs that a wrong unit explains; nil when nothing does.
  ///
  /// - Parameter clockHertz: The target's clock, to notice cycles that were taken for seconds.
  public func unitSuspicion(clockHertz: Double?) -> UnitSuspicion? {
    UnitSuspicion(
      ratios: points.map { $0.measured / $0.predicted }, units: units,
      clockHertz: metric == .latency ? clockHertz : nil, batch: network.batch)
  }

  /// Units that people use for the metric, with the number of them in its SI unit.
  private var units: [(name: String, perSI: Double)] {
    switch metric.unit {
    case .seconds: [("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9)]
    case .joules: [("millijoules", 1e3), ("microjoules", 1e6), ("nanojoules", 1e9), ("picojoules", 1e12)]
    case .bytes: [("bits", 8), ("kilobytes", 1e-3), ("megabytes", 1e-6)]
    }
  }

  /// What a reader must know before trusting the statistics.
  ///
  /// - Parameter clockHertz: The target's clock, to notice cycles that were taken for seconds.
  public func warnings(clockHertz: Double?) -> [String] {
    var warnings: [String] = []
    if let suspicion = unitSuspicion(clockHertz: clockHertz) {
      warnings.append(suspicion.sentence(siUnit: metric.unit.name))
    } else {
      warnings += slips(units: units)
    }
    if !skippedLayers.isEmpty {
      let numbers = skippedLayers.prefix(8).map(String.init).joined(separator: ", ")
      warnings.append(
        "the table's numbers of layers skip \(skippedLayers.count) (\(numbers)"
          + (skippedLayers.count > 8 ? ", ..." : "")
          + "): those layers are missing, and no total is that of the network")
    }
    if !unmeasuredLayers.isEmpty {
      let names =
        unmeasuredLayers.prefix(5).joined(separator: ", ") + (unmeasuredLayers.count > 5 ? ", ..." : "")
      warnings.append(
        "the table lacks \(unmeasuredLayers.count) of \(network.layers.count) layers (\(names)); all figures "
          + "are of the other \(network.layers.count - unmeasuredLayers.count)")
    }
    if !unpredicted.isEmpty {
      let names = unpredicted.prefix(5).map { "\(network.layers[$0.layer].name) at \($0.widths)" }
      warnings.append(
        "the target cannot run \(unpredicted.count) measured points, which no figure counts: "
          + names.joined(separator: ", ") + (unpredicted.count > 5 ? ", ..." : ""))
    }
    return warnings
  }
}
