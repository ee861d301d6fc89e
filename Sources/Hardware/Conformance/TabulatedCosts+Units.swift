import Core
import CostTables

extension TabulatedCosts {
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
        guard others.count >= 2, let slowest = others.map(\.slow).median,
          let fastest = others.map(\.fast).median
        else { continue }
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
        let packed = weights * precision.weight.bitsPerElement / 8
        if bytes < packed / 2 || bytes > 100 * max(packed, 64) {
          return "weight_bytes of layer \(layer.title) at \(precision) is \(bytes), and its weights have "
            + "\(packed) bytes: it looks like another unit"
        }
      }
    }
    return nil
  }
}
