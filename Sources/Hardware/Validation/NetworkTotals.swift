public import Core

/// Costs of whole networks, one precision for all layers: what the errors of layers come to when they add up.
public struct NetworkTotals: Hashable, Sendable {
  /// One uniform precision.
  public struct Total: Hashable, Sendable {
    public var precision: Precision
    /// SI units, over all compared layers.
    public var predicted: Double
    public var measured: Double

    /// (predicted - measured) / measured
    public var relativeError: Double { (predicted - measured) / measured }
  }

  /// Precisions that every compared layer has, by weight and then activation width.
  public let totals: [Total]
  /// How many layers each total is over.
  public let layerCount: Int

  /// Adds up, or takes the largest, as the target says; no totals where costs of layers do not tell them.
  public init(_ points: [ComparedPoint], aggregate: Metric.Aggregate) {
    let combine: ([Double]) -> Double
    switch aggregate {
    case .sum: combine = { $0.reduce(0, +) }
    case .max: combine = { $0.max() ?? 0 }
    case .network, .peak:
      (totals, layerCount) = ([], Set(points.map(\.point.layer)).count)
      return
    }
    let layers = Set(points.map(\.point.layer)).count
    layerCount = layers
    totals = Dictionary(grouping: points.filter(\.isUniform), by: \.point.precision)
      .filter { $0.value.count == layers }
      .sorted { ($0.key.weight, $0.key.activation) < ($1.key.weight, $1.key.activation) }
      .map { precision, points in
        Total(
          precision: precision, predicted: combine(points.map(\.predicted)),
          measured: combine(points.map(\.measured)))
      }
  }

  /// Nil when no precision is complete.
  public var statistics: ErrorStatistics? {
    ErrorStatistics(predicted: totals.map(\.predicted), measured: totals.map(\.measured))
  }
}
