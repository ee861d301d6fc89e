import Foundation

/// How sure costs are, where the target says so (`docs/predictor.md`).
extension CostTable {
  /// Whether latencies come with standard deviations.
  public var statesDeviations: Bool { deviations != nil }

  /// The probability to which latencies are raised; nil for costs as the target states them.
  public var confidence: Double? { deviations?.confidence }

  /// The standard deviation of the logarithm of one latency; nil where the target does not state it.
  public func latencyDeviation(layer: Int, at precision: Precision, output: BitWidth? = nil) -> Double? {
    cell(layer: layer, at: precision, output: output).flatMap { deviations?.ofLogarithms[$0] }
  }

  /// Between which latencies one layer's is with this probability; nil where the target does not say how sure it is.
  public func latencyInterval(
    layer: Int, at precision: Precision, output: BitWidth? = nil, probability: Double
  ) -> ClosedRange<Double>? {
    guard let latency = cost(.latency, layer: layer, at: precision, output: output),
      let deviation = latencyDeviation(layer: layer, at: precision, output: output)
    else { return nil }
    let factor = exp(StandardNormal.quantile((1 + probability) / 2) * deviation)
    return latency / factor...latency * factor
  }

  /// Between which latencies the sum of the layers is under `policy`, with this probability.
  ///
  /// Nil where the target does not say how sure it is, or latencies do not add up.
  public func latencyInterval(of policy: Policy, probability: Double) -> ClosedRange<Double>? {
    guard let deviations, aggregates[.latency] == .sum, policy.precisions.count == network.layers.count
    else { return nil }
    var parts: [Moments] = []
    for layer in policy.precisions.indices {
      let output = outputWidth(ofLayer: layer, under: policy)
      guard let cell = cell(layer: layer, at: policy[layer], output: output),
        let moments = moments(ofCell: cell)
      else { return nil }
      parts.append(moments)
    }
    let mean = parts.reduce(0) { $0 + $1.mean }
    guard mean > 0 else { return nil }
    let deviation = Self.deviation(
      ofSum: parts.map(\.deviation), correlation: deviations.correlation,
      ofNetwork: mean * (deviations.ofNetwork ?? 0))
    // A sum of positive numbers, so the interval is one of ratios.
    let spread = log(1 + (deviation / mean) * (deviation / mean)).squareRoot()
    let median = mean * exp(-spread * spread / 2)
    let factor = exp(StandardNormal.quantile((1 + probability) / 2) * spread)
    return median / factor...median * factor
  }

  /// The table with latencies raised so that a sum of them over layers is at least the latency that the network stays
  /// below with this probability; nil where the target does not say how sure it is, or latencies do not add up.
  ///
  /// With z the quantile of the probability, m the means and s the standard deviations of latencies, r the
  /// correlation, d the deviation of the network and any S > 0, a sum of n layers stays below
  ///
  ///     sum m + z sqrt(r (sum s)^2 + (1 - r) sum s^2 + (d sum m)^2)
  ///       <= sum (m + z (sqrt(r) s + sqrt(1 - r) (s^2 / (2 S) + S / (2 n)) + d m))
  ///
  /// since sqrt(a + b) <= sqrt(a) + sqrt(b) and sqrt(q) <= q / (2 S) + S / 2. The right side is a sum over layers, so that
  /// every search works with it. S is the root of the sum over layers of the mean s^2 of their cells.
  ///
  /// - Precondition: 0.5 <= probability < 1.
  public func holding(withProbability probability: Double) -> CostTable? {
    precondition(probability >= 0.5 && probability < 1)
    guard var deviations, deviations.confidence == nil, aggregates[.latency] == .sum,
      let latencies = columns[.latency]
    else { return nil }
    let moments = latencies.indices.map(moments(ofCell:))
    let layerCount = network.layers.count
    let cellsOfLayer = latencies.count / max(1, layerCount)
    let scale = (0..<layerCount).reduce(0.0) { sum, layer in
      let cells = moments[layer * cellsOfLayer..<(layer + 1) * cellsOfLayer].compactMap { $0?.deviation }
      return sum + cells.reduce(0) { $0 + $1 * $1 } / Double(max(1, cells.count))
    }.squareRoot()
    guard scale > 0 else { return nil }
    let z = StandardNormal.quantile(probability)
    let (shared, own) = (deviations.correlation.squareRoot(), (1 - deviations.correlation).squareRoot())
    let ofNetwork = deviations.ofNetwork ?? 0
    deviations.confidence = probability
    return withLatencies(
      moments.map { moments in
        moments.map {
          let s = $0.deviation
          return $0.mean + z
            * (shared * s + own * (s * s / (2 * scale) + scale / (2 * Double(layerCount)))
              + ofNetwork * $0.mean)
        }
      }, deviations)
  }

  /// Mean and standard deviation of a latency whose logarithm is normal, with the stated latency as its median.
  private struct Moments {
    var mean: Double
    var deviation: Double
  }

  private func moments(ofCell cell: Int) -> Moments? {
    guard let median = columns[.latency]?[cell] else { return nil }
    let variance = deviations?.ofLogarithms[cell].map { $0 * $0 } ?? 0
    let mean = median * exp(variance / 2)
    return Moments(mean: mean, deviation: mean * expm1(variance).squareRoot())
  }

  private static func deviation(ofSum parts: [Double], correlation: Double, ofNetwork: Double) -> Double {
    let sum = parts.reduce(0, +)
    let squares = parts.reduce(0) { $0 + $1 * $1 }
    return (correlation * sum * sum + (1 - correlation) * squares + ofNetwork * ofNetwork).squareRoot()
  }
}
