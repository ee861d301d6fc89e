import Core
import CostTables
import Foundation
import Specs

/// The costs of a table by layer, and which of them no hardware has.
struct TabulatedCosts {
  let layers: [MeasuredLayer]
  let metrics: [Metric]
  let batch: Int

  init(of sheet: CostSheet, for spec: TargetSpec) {
    layers = sheet.measuredLayers
    metrics = sheet.metrics
    batch = sheet.batch ?? spec.batch
  }

  /// A layer that takes no time or no energy.
  var freeWork: String? {
    for metric in [Metric.latency, .energy] where metrics.contains(metric) {
      for layer in layers {
        guard let free = layer.precisions.first(where: { layer.cost(metric, at: $0) == 0 }) else { continue }
        return "\(metric.rawValue) of layer \(layer.title) at \(free) is 0, though the layer has work"
      }
    }
    return nil
  }

  static func rounded(_ value: Double) -> String { String(format: "%.3g", value) }
}
