import CostTables

/// How well a second measurement of some points found the costs of the table again.
public struct Repeatability: Hashable, Sendable, Codable {
  /// Points that were measured again.
  public var points: Int
  /// Of the differences, as shares of the table's latencies, whatever their sign.
  public var medianDifference, ninetiethPercentile, worst: Double
  /// The median of the differences with their sign: above 0 where the second measurement was slower.
  public var drift: Double

  private enum CodingKeys: String, CodingKey {
    case points, worst, drift
    case medianDifference = "median_difference"
    case ninetiethPercentile = "ninetieth_percentile"
  }

  /// Nil where there is nothing to compare.
  ///
  /// - Parameter pairs: The latency of the table, above 0, and that of the second measurement.
  public init?(_ pairs: [(table: Double, again: Double)]) {
    let differences = pairs.filter { $0.table > 0 }.map { ($0.again - $0.table) / $0.table }
    let sizes = differences.map(abs)
    guard let median = sizes.middle, let ninetieth = sizes.quantile(0.9), let worst = sizes.max(),
      let drift = differences.middle
    else { return nil }
    points = differences.count
    (medianDifference, ninetiethPercentile, self.worst, self.drift) = (median, ninetieth, worst, drift)
  }
}
