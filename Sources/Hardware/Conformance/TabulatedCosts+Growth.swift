import Core
import CostTables

extension TabulatedCosts {
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
}
