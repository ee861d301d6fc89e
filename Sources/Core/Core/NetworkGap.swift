/// How far the cost of a network as a whole is from what its layers add up to.
public struct NetworkGap: Hashable, Sendable, Codable {
  /// SI units, of the whole batch.
  public var network: Double
  public var sumOfLayers: Double

  public init(network: Double, sumOfLayers: Double) {
    self.network = network
    self.sumOfLayers = sumOfLayers
  }

  /// Negative where layers overlap.
  public var difference: Double { network - sumOfLayers }
  /// As a share of the sum; nil when that is nothing.
  public var relativeDifference: Double? { sumOfLayers > 0 ? difference / sumOfLayers : nil }

  private enum CodingKeys: String, CodingKey {
    case network, difference
    case sumOfLayers = "sum_of_layers"
    case relativeDifference = "relative_difference"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    network = try container.decode(Double.self, forKey: .network)
    sumOfLayers = try container.decode(Double.self, forKey: .sumOfLayers)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(network, forKey: .network)
    try container.encode(sumOfLayers, forKey: .sumOfLayers)
    try container.encode(difference, forKey: .difference)
    try container.encodeIfPresent(relativeDifference, forKey: .relativeDifference)
  }

  /// `The latency of the network, which budgets are of, is 3.000 ms, while its layers add up to 4.000 ms (-25.00 %).`
  public func sentence(_ metric: Metric) -> String {
    "The \(metric.title) of the network, which budgets are of, is \(text(metric))."
  }

  /// `3.000 ms, while its layers add up to 4.000 ms (-25.00 %)`
  public func text(_ metric: Metric) -> String {
    "\(Quantity.cost(network, metric)), while its layers add up to \(Quantity.cost(sumOfLayers, metric))"
      + (relativeDifference.map { " (\(Quantity.signedPercent($0)))" } ?? "")
  }
}
