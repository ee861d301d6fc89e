import CHAQPlugin
import Core
import Isolation
import PluginLoading

/// What real hardware nearly always does; breaking it is a warning.
extension Probe {
  static let physicsTests: [String: Test] = [
    "wider-not-cheaper": { probe in
      let batch = try probe.baseline()
      let costs = probe.costs(in: batch)
      for (index, point) in probe.points.enumerated() {
        for (other, wider) in probe.points.enumerated()
        where wider.layer == point.layer && wider.covers(point) {
          for metric in [Metric.latency, .energy] {
            guard let narrow = costs(metric, index), let wide = costs(metric, other), wide < narrow else {
              continue
            }
            return .warning(
              "\(metric.rawValue) of \(probe.name(of: wider)) is \(wide), less than the \(narrow) at "
                + Self.precision(of: point))
          }
        }
      }
      return .passed
    },
    "work-costs": { probe in
      let costs = probe.costs(in: try probe.baseline())
      for (index, point) in probe.points.enumerated() {
        for metric in [Metric.latency, .energy] where costs(metric, index) == 0 {
          return .warning("\(metric.rawValue) of \(probe.name(of: point)) is 0, though the layer has work")
        }
      }
      return .passed
    },
    "weights-take-bytes": { probe in
      guard probe.request.metrics.contains(.weightBytes) else { return .skipped("there is no weight_bytes") }
      let costs = probe.costs(in: try probe.baseline())
      for (index, point) in probe.points.enumerated() {
        let layer = probe.request.setup.network.layers[Int(point.layer)]
        guard layer.kind != .matmul, let bytes = costs(.weightBytes, index) else { continue }
        let rows = Double(layer.outputChannels)
        let packed =
          haq_stored_bits(
            point.weight_format, UInt32(point.weight_bits), rows, Double(layer.weightCount) / max(1, rows))
          / 8
        if bytes < packed {
          return .warning(
            "weight_bytes of \(probe.name(of: point)) is \(bytes), less than its \(packed) packed bytes")
        }
      }
      return .passed
    },
    "larger-batch-not-cheaper": { probe in
      let costs = probe.costs(in: try probe.baseline())
      let double = try probe.instance { $0.network.batch *= 2 }
      defer { double.destroy() }
      let doubled = probe.costs(in: try double.answer(probe.points))
      for (index, point) in probe.points.enumerated() {
        for metric in [Metric.latency, .energy] {
          guard let single = costs(metric, index), let twice = doubled(metric, index), twice < single else {
            continue
          }
          return .warning(
            "\(metric.rawValue) of \(probe.name(of: point)) falls from \(single) to \(twice) with twice the batch"
          )
        }
      }
      return .passed
    },
  ]

  /// The cost of a point by a metric; nil where there is none.
  private func costs(in batch: Batch) -> (Metric, Int) -> Double? {
    { metric, index in
      guard self.request.metrics.contains(metric), batch.status[index] == HAQ_POINT_OK else { return nil }
      return batch.cell(metric, index)
    }
  }
}

extension haq_point {
  /// Whether both operands lose nothing that those of `other` keep; false where a format does not exist.
  fileprivate func covers(_ other: haq_point) -> Bool {
    guard let precision, let others = other.precision else { return false }
    return precision.covers(others)
  }
}
