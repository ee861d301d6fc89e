/// Chooses where to clip so that the mean squared difference of quantized and original values is least.
///
/// Within a bin, values count as spread evenly; their squared error is then integrated exactly, so that a quantizer finer
/// than the bins is judged as well as a coarse one. Zeros are not in the histogram: every quantizer has them exactly.
public struct SquaredErrorClipping: Sendable {
  private let histogram: MagnitudeHistogram

  /// Candidates are this many equal steps of the histogram's range.
  private static let candidateCount = 128

  public init(_ histogram: MagnitudeHistogram) { self.histogram = histogram }

  /// The best clip for a quantizer with `positiveLevels` values above zero; of equally good clips the largest.
  public func clip(positiveLevels: Int) -> Float {
    let shares = (1...Self.candidateCount).reversed().map { Double($0) / Double(Self.candidateCount) }
    let best = shares.map { (share: $0, error: error(clippingAt: $0, positiveLevels: positiveLevels)) }
      .min { $0.error < $1.error }
    return histogram.top * Float(best?.share ?? 1)
  }

  /// The squared error added over all values, in units of the squared top, of a clip at a share of the top.
  package func error(clippingAt clip: Double, positiveLevels levels: Int) -> Double {
    error(step: clip / Double(levels), positiveLevels: levels)
  }

  /// The same of quantized values at a distance that is a share of the top; without any, all values become zero.
  package func error(step: Double, positiveLevels levels: Int) -> Double {
    let width = 1 / Double(histogram.counts.count)
    var sum = 0.0
    var before = 0.0
    for (bin, count) in histogram.counts.enumerated() {
      let after = Self.integral(to: Double(bin + 1) * width, step: step, levels: levels)
      sum += Double(count) * (after - before) / width
      before = after
    }
    return sum
  }

  /// The integral of the squared error of rounding t, from t = 0 on.
  ///
  /// Around each of the k points before the last one reached lies a whole step, over which the integral of
  /// t^2 from -step/2 to step/2 is step^3 / 12; what is left of the way ends at a distance r from point k and adds r^3 / 3.
  private static func integral(to end: Double, step: Double, levels: Int) -> Double {
    let point = min(Double(levels), (end / step + 0.5).rounded(.down))
    let rest = end - point * step
    return point * step * step * step / 12 + rest * rest * rest / 3
  }
}
