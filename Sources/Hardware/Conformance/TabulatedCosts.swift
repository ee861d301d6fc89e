import Core
import CostTables
import Foundation
import Specs

/// The costs of a table by layer, and which of them no hardware has.
struct TabulatedCosts {
  private let layers: [MeasuredLayer]
  private let metrics: [Metric]
  private let batch: Int

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

  // MARK: Units

  /// Multiply-accumulates a second between which the fastest layer of a table lies: from an 8-bit microcontroller
  /// without a multiplier to a hundred times the largest accelerator of today.
  private static let rates = 2e5...1e17
  /// How much a layer may differ from what the other layers' times say of it.
  private static let largestFactor = 300.0

  /// What shows that a column is in another unit than it says.
  var implausibleUnit: String? {
    wrongRate ?? layerOfAnotherUnit ?? wrongBytes
  }

  private var wrongRate: String? {
    let rates = layers.flatMap { layer in
      layer.precisions.compactMap { precision -> Double? in
        guard let macs = layer.shape?.multiplyAccumulates, let time = layer.cost(.latency, at: precision),
          time > 0
        else { return nil }
        return macs * Double(batch) / time
      }
    }
    guard let fastest = rates.max(), !Self.rates.contains(fastest) else { return nil }
    return "the fastest layer does \(Self.rounded(fastest)) multiply-accumulates a second, which "
      + (fastest < Self.rates.lowerBound
        ? "no hardware is as slow as: latencies look like cycles, or like milli- or microseconds"
        : "no hardware does: latencies look smaller than seconds")
  }

  private var layerOfAnotherUnit: String? {
    let sized = layers.prefix(512).compactMap { layer in layer.shape.map { (layer, $0.multiplyAccumulates) } }
    guard sized.count >= 3 else { return nil }
    for (layer, macs) in sized {
      for precision in layer.precisions {
        guard let time = layer.cost(.latency, at: precision), time > 0 else { continue }
        let others = sized.compactMap { other, otherMACs -> (slow: Double, fast: Double)? in
          guard other.title != layer.title, let otherTime = other.cost(.latency, at: precision), otherTime > 0
          else { return nil }
          let ratio = macs / max(1, otherMACs)
          return (otherTime * max(1, ratio), otherTime * min(1, ratio))
        }
        guard others.count >= 2 else { continue }
        let (slowest, fastest) = (Self.median(others.map(\.slow)), Self.median(others.map(\.fast)))
        if time > Self.largestFactor * slowest || time < fastest / Self.largestFactor {
          return "latency of layer \(layer.title) at \(precision) is \(time) s, where the other layers' say "
            + "\(Self.rounded(fastest)) to \(Self.rounded(slowest)) s: it looks like another unit"
        }
      }
    }
    return nil
  }

  private var wrongBytes: String? {
    for layer in layers {
      guard let weights = layer.shape?.weightCount, layer.shape?.kind != .matmul else { continue }
      for precision in layer.precisions {
        guard let bytes = layer.cost(.weightBytes, at: precision) else { continue }
        let packed = weights * Double(precision.weight.bits) / 8
        if bytes < packed / 2 || bytes > 100 * max(packed, 64) {
          return "weight_bytes of layer \(layer.title) at \(precision) is \(bytes), and its weights have "
            + "\(packed) bytes: it looks like another unit"
        }
      }
    }
    return nil
  }

  // MARK: Growth

  /// How often a cost may be that of a wider neighbour before it is an error of measurement.
  private static let outlierFactor = 3.0
  /// More of them than this share are no outliers: the whole column is odd.
  private static let outlierShare = 0.05
  /// What measurements may differ by.
  private static let noise = 0.1
  /// With more pairs than this share in the wrong order, costs are not what the columns say.
  private static let largestDisorder = 0.25

  /// The cost that is farthest from those of the neighbouring widths of its layer; nil where many are.
  var outlier: String? {
    let found = outliers
    guard let worst = found.max(by: { $0.factor < $1.factor }) else { return nil }
    let more = found.count > 1 ? "; so are \(found.count - 1) more" : ""
    return "\(worst.metric.rawValue) of layer \(worst.layer) at \(worst.precision) is \(worst.cost), "
      + "\(Self.rounded(worst.factor)) times what its neighbouring widths allow\(more)"
  }

  private struct Outlier {
    var layer: String
    var precision: Precision
    var metric: Metric
    var cost: Double
    var factor: Double
    /// Over all contradictions.
    var weight: Double
  }

  private var outliers: [Outlier] {
    var found: [Outlier] = []
    var count = 0
    for layer in layers {
      for metric in [Metric.latency, .energy] where metrics.contains(metric) {
        var odd = layer.precisions.compactMap { precision -> Outlier? in
          guard let cost = layer.cost(metric, at: precision), cost > 0 else { return nil }
          count += 1
          let (factor, weight) = layer.contradiction(of: precision, metric)
          guard factor > Self.outlierFactor else { return nil }
          return Outlier(
            layer: layer.title, precision: precision, metric: metric, cost: cost, factor: factor,
            weight: weight)
        }
        // A wrong cost makes its neighbours look wrong too: of a layer's, the worst is the one to name.
        odd.sort { $0.weight > $1.weight }
        found += odd.prefix(1)
      }
    }
    return Double(found.count) <= max(1, Self.outlierShare * Double(count)) ? found : []
  }

  /// A warning for single pairs in the wrong order, as noise makes them; a failure for many.
  var widerIsCheaper: Check.Outcome {
    let odd = Set(outliers.map { "\($0.layer) \($0.precision)" })
    var (pairs, wrong) = (0, 0)
    var first: String?
    for layer in layers {
      for metric in [Metric.latency, .energy] where metrics.contains(metric) {
        let usable = layer.precisions.filter { !odd.contains("\(layer.title) \($0)") }
        for narrow in usable {
          for wide in usable where wide != narrow && wide.covers(narrow) {
            guard let less = layer.cost(metric, at: narrow), let more = layer.cost(metric, at: wide), more > 0
            else { continue }
            pairs += 1
            guard more < less * (1 - Self.noise) else { continue }
            wrong += 1
            first =
              first
              ?? "\(metric.rawValue) of layer \(layer.title) is \(more) at \(wide), less than the \(less) at \(narrow)"
          }
        }
      }
    }
    guard let first else { return .passed }
    let counted = "\(first); \(wrong) of \(pairs) pairs of widths are in that order"
    return Double(wrong) > Self.largestDisorder * Double(pairs)
      ? .failed("\(counted). Are columns swapped, or in the opposite order?") : .warning(counted)
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }

  private static func rounded(_ value: Double) -> String { String(format: "%.3g", value) }
}
