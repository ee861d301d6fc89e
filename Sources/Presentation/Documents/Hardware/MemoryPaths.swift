import Core
import Rendering

/// How many bytes per second a target moves, worked out from the costs and their terms at all points of a table.
///
/// A target states how long weights and activations of a layer take, and how many bytes they are together. Bytes that
/// are a rate of weights times their time, plus a rate of activations times theirs, at every point, give both rates
/// exactly, so that they do not depend on the network.
struct MemoryPaths: Hashable, Sendable {
  /// Bytes per second that no layer exceeds.
  let bandwidth: Double
  /// The rates of weights and activations where both move at once, and both are known.
  private(set) var separate: Rates?

  /// Bytes per second.
  struct Rates: Hashable, Sendable {
    var weights: Double
    var activations: Double
  }

  /// One layer at one precision.
  private struct Transfer {
    var bytes: Double
    var weights: Double
    var activations: Double
    var latency: Double
    var isBound: Bool
  }

  /// Nil when no layer takes time to move its bytes.
  init?(_ table: CostTable) {
    let transfers = Self.transfers(of: table)
    guard !transfers.isEmpty else { return nil }
    let rates = Self.rates(transfers)
    let overlap = Self.overlap(transfers, rates)
    if let rates {
      bandwidth =
        overlap ? rates.weights + rates.activations : max(rates.weights, rates.activations)
      separate = overlap ? rates : nil
    } else {
      // No pair of rates explains all points: then the fastest of them.
      bandwidth =
        transfers.map {
          $0.bytes / (overlap ? max($0.weights, $0.activations) : $0.weights + $0.activations)
        }.max() ?? 0
    }
  }

  /// Whether weights and activations move at once.
  private static func overlap(_ transfers: [Transfer], _ rates: Rates?) -> Bool {
    // Some layer takes less time than its weights and its activations one after the other.
    if transfers.contains(where: { $0.latency < ($0.weights + $0.activations) * (1 - 1e-6) }) { return true }
    // Layers wait for the memory, and always for both.
    if transfers.contains(where: \.isBound) { return false }
    // No layer waits for the memory, so that only the rates tell: one path has one rate.
    return rates.map { abs($0.weights - $0.activations) > 1e-3 * $0.weights } ?? false
  }

  private static func transfers(of table: CostTable) -> [Transfer] {
    table.network.layers.indices.flatMap { layer in
      table.weightWidths.flatMap { weight in
        table.activationWidths.flatMap { activation -> [Transfer] in
          let precision = Precision(weight: weight, activation: activation)
          return table.outputWidths(ofLayer: layer).compactMap { output -> Transfer? in
            guard let terms = table.breakdown(layer: layer, at: precision, output: output),
              let bytes = table.cost(.trafficBytes, layer: layer, at: precision, output: output),
              let latency = table.cost(.latency, layer: layer, at: precision, output: output),
              bytes > 0, terms.weightTrafficSeconds + terms.activationTrafficSeconds > 0
            else { return nil }
            return Transfer(
              bytes: bytes, weights: terms.weightTrafficSeconds,
              activations: terms.activationTrafficSeconds, latency: latency, isBound: terms.bound != .compute)
          }
        }
      }
    }
  }

  /// The least squares of relative errors; nil where the points do not tell two rates apart, or no two rates fit.
  private static func rates(_ transfers: [Transfer]) -> Rates? {
    var (ww, wa, aa, w, a) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for transfer in transfers {
      let (x, y) = (transfer.weights / transfer.bytes, transfer.activations / transfer.bytes)
      ww += x * x
      wa += x * y
      aa += y * y
      w += x
      a += y
    }
    let determinant = ww * aa - wa * wa
    guard determinant > 1e-9 * ww * aa else { return nil }
    let rates = Rates(weights: (w * aa - a * wa) / determinant, activations: (a * ww - w * wa) / determinant)
    guard rates.weights > 0, rates.activations > 0 else { return nil }
    let fits = transfers.allSatisfy {
      abs(rates.weights * $0.weights + rates.activations * $0.activations - $0.bytes) <= 1e-4 * $0.bytes
    }
    return fits ? rates : nil
  }
}

extension RooflineChart.Memory {
  init(_ paths: MemoryPaths) {
    self.init(
      bandwidth: paths.bandwidth,
      paths: paths.separate.map { (weights: $0.weights, activations: $0.activations) })
  }
}
