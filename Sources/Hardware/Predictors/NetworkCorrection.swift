import Core

/// What a network takes beside its layers alone, as terms that are sums over layers; `docs/predictor.md`.
package struct NetworkCorrection: Hashable, Sendable {
  /// Seconds, or shares, by term; at least 0, absent where 0.
  var coefficients: [NetworkTerm: Double]
  /// The standard deviation of the logarithm of a network's latency that has nothing to do with single layers.
  var deviation: Double
  /// Networks and runs that it was fitted to.
  var networkCount: Int
  var runCount: Int

  /// The layer's part of the network's latency, in seconds.
  func latency(of layer: LayerInNetwork) -> Double {
    layer.amounts.reduce(0) { $0 + (coefficients[$1.term] ?? 0) * $1.amount }
  }

  /// How many seconds the part grows by when the layer takes one more alone.
  func share(at precision: Precision) -> Double {
    (coefficients[.alone(nil)] ?? 0) + (coefficients[.alone(precision)] ?? 0)
  }
}

extension NetworkCorrection: Codable {
  private enum CodingKeys: String, CodingKey {
    case coefficients, deviation
    case networkCount = "networks"
    case runCount = "runs"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var coefficients: [NetworkTerm: Double] = [:]
    for (name, value) in try container.decode([String: Double].self, forKey: .coefficients) {
      guard let term = NetworkTerm(name), value >= 0, value.isFinite else {
        throw DecodingError.dataCorruptedError(
          forKey: .coefficients, in: container,
          debugDescription: "\(name.visibleLine) is no term with a coefficient of at least 0")
      }
      coefficients[term] = value
    }
    self.coefficients = coefficients
    deviation = try container.decode(Double.self, forKey: .deviation)
    guard deviation >= 0, deviation <= 10 else {
      throw DecodingError.dataCorruptedError(
        forKey: .deviation, in: container, debugDescription: "it must be 0 to 10")
    }
    networkCount = try container.decode(Int.self, forKey: .networkCount)
    runCount = try container.decode(Int.self, forKey: .runCount)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      Dictionary(uniqueKeysWithValues: coefficients.map { ($0.key.text, $0.value) }), forKey: .coefficients)
    try container.encode(deviation, forKey: .deviation)
    try container.encode(networkCount, forKey: .networkCount)
    try container.encode(runCount, forKey: .runCount)
  }
}
