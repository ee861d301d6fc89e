import Foundation

/// Chooses where to clip so that the quantized values tell most about the original ones.
///
/// P is the histogram. Q is what is left of it after quantization: the count of each quantized value spread
/// evenly over the occupied bins whose centres round to it, where everything beyond the clip rounds to
/// the last point. The clip with the least Kullback-Leibler divergence KL(P || Q) wins (HAQ, section 3.4).
///
/// NVIDIA's procedure (Migacz, GTC 2017) leaves what lies beyond the clip out of Q; with few of them it
/// can prefer to throw nearly everything away.
public struct KullbackLeiblerClipping: Sendable {
  private let histogram: MagnitudeHistogram
  private let countBelow: [Double]
  private let occupiedBelow: [Int]
  /// Sum of n * log(n) over all bins.
  private let entropy: Double

  /// Candidates are this many equal steps of the histogram's range.
  private static let candidateCount = 128

  /// Sums up the histogram once; each width then costs candidates x levels.
  public init(_ histogram: MagnitudeHistogram) {
    self.histogram = histogram
    var counts = [0.0]
    var occupied = [0]
    for count in histogram.counts {
      counts.append(counts.last! + Double(count))
      occupied.append(occupied.last! + (count > 0 ? 1 : 0))
    }
    countBelow = counts
    occupiedBelow = occupied
    entropy = histogram.counts.reduce(0) { $1 > 0 ? $0 + Double($1) * log(Double($1)) : $0 }
  }

  /// The best clip for a quantizer with `positiveLevels` values above zero; `top` when nothing was counted.
  ///
  /// Of equally good clips the largest, which loses least of the extremes.
  public func clip(positiveLevels: Int) -> Float {
    let bins = histogram.counts.count
    guard countBelow[bins] > 0 else { return histogram.top }
    let candidates = (1...Self.candidateCount).map { $0 * bins / Self.candidateCount }.filter { $0 > 0 }
    let best = candidates.reversed()
      .map { (bins: $0, divergence: divergence(clippingAt: $0, positiveLevels: positiveLevels)) }
      .min { $0.divergence < $1.divergence }
    // Dividing first: the product would overflow for the largest tops.
    return histogram.top * (Float(best?.bins ?? bins) / Float(bins))
  }

  /// KL(P || Q) in nats when the clip is the upper edge of bin `end - 1`.
  package func divergence(clippingAt end: Int, positiveLevels: Int) -> Double {
    let bins = histogram.counts.count
    // Both distributions have the same total, so the sums can run over counts.
    var sum = entropy
    var start = 0
    for level in 0...positiveLevels {
      // The first bin whose centre rounds to the next quantized value: (level + 1/2) * end / positiveLevels - 1/2, up.
      let next = ((2 * level + 1) * end + positiveLevels - 1) / (2 * positiveLevels)
      let stop = level == positiveLevels ? bins : min(bins, next)
      let count = countBelow[stop] - countBelow[start]
      if count > 0 { sum -= count * log(count / Double(occupiedBelow[stop] - occupiedBelow[start])) }
      start = stop
    }
    return sum / countBelow[bins]
  }
}
