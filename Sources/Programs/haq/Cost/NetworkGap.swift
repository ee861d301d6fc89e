import Core
import Rendering

/// How far the cost of a network as a whole is from what its layers add up to.
struct NetworkGap: Encodable {
  /// SI units, of the whole batch.
  var network: Double
  var sum_of_layers: Double

  /// Negative where layers overlap.
  var difference: Double { network - sum_of_layers }
  /// As a share of the sum; nil when that is nothing.
  var relative_difference: Double? { sum_of_layers > 0 ? difference / sum_of_layers : nil }

  private enum CodingKeys: String, CodingKey {
    case network, sum_of_layers, difference, relative_difference
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(network, forKey: .network)
    try container.encode(sum_of_layers, forKey: .sum_of_layers)
    try container.encode(difference, forKey: .difference)
    try container.encodeIfPresent(relative_difference, forKey: .relative_difference)
  }

  /// `3.000 ms, while its layers add up to 4.000 ms (-25.00 %)`
  func text(_ metric: Metric) -> String {
    "\(Quantity.cost(network, metric)), while its layers add up to \(Quantity.cost(sum_of_layers, metric))"
      + (relative_difference.map { " (\(Quantity.signedPercent($0)))" } ?? "")
  }
}
