import Foundation

/// Chooses where to clip so that the quantized distribution tells most about the original one.
///
/// For each candidate clip, P is the histogram with everything beyond the clip moved into the
/// last bin below it, and Q spreads each grid point's count evenly over the occupied bins that
/// round to it, a bin standing for the value at its centre. The clip with the least Kullback-Leibler divergence KL(P || Q) wins
/// (HAQ, section 3.4; Migacz, "8-bit inference with TensorRT", GTC 2017).
public struct KullbackLeiblerClipping: Sendable {
  private let histogram: MagnitudeHistogram
  private let total: Double
  private let countBelow: [Double]
  private let occupiedBelow: [Int]
  /// Sum of n * log(n) over the bins below an index.
  private let entropyBelow: [Double]

  /// Candidates are this many equal steps of the histogram's range.
  private static let candidateCount = 128
  /// Stands for an empty place in Q, where the divergence would be infinite.
  private static let leastShare = 1e-12

  /// Sums up the histogram once; each width then costs candidates x levels.
  public init(_ histogram: MagnitudeHistogram) {
    self.histogram = histogram
    var counts = [0.0]
    var occupied = [0]
    var entropy = [0.0]
    for count in histogram.counts {
      let value = Double(count)
      counts.append(counts.last! + value)
      occupied.append(occupied.last! + (count > 0 ? 1 : 0))
      entropy.append(entropy.last! + (count > 0 ? value * log(value) : 0))
    }
    countBelow = counts
    occupiedBelow = occupied
    entropyBelow = entropy
    total = counts.last!
  }

  /// The best clip for a grid with `positiveLevels` points above zero; `top` when nothing was counted.
  public func clip(positiveLevels: Int) -> Float {
    guard total > 0 else { return histogram.top }
    let bins = histogram.counts.count
    let candidates = (1...Self.candidateCount).map { $0 * bins / Self.candidateCount }
    let best = candidates.filter { $0 > 0 && countBelow[$0] > 0 }
      .map { (bins: $0, divergence: divergence(clippingAt: $0, positiveLevels: positiveLevels)) }
      .min { $0.divergence < $1.divergence }
    return histogram.top * Float(best?.bins ?? bins) / Float(bins)
  }

  /// KL(P || Q) in nats when the clip is the upper edge of bin `end - 1`.
  package func divergence(clippingAt end: Int, positiveLevels: Int) -> Double {
    let kept = countBelow[end]
    let last = Double(histogram.counts[end - 1])
    let lastWithOutliers = last + total - kept
    // Sum of p log p, over counts; the last bin carries the outliers.
    var sum = entropyBelow[end - 1] + (lastWithOutliers > 0 ? lastWithOutliers * log(lastWithOutliers) : 0)
    sum -= total * log(total)

    // Sum of p log q, one term per grid point, since q is constant over its bins.
    var start = 0
    for level in 0...positiveLevels {
      // The first bin whose centre rounds to the next grid point: (level + 1/2) * end / positiveLevels - 1/2, up.
      let next = ((2 * level + 1) * end + positiveLevels - 1) / (2 * positiveLevels)
      let stop = level == positiveLevels ? end : min(end, next)
      guard stop > start else { continue }
      let count = countBelow[stop] - countBelow[start]
      let occupied = occupiedBelow[stop] - occupiedBelow[start]
      let share = occupied > 0 ? count / Double(occupied) / kept : 0
      let logShare = log(max(share, Self.leastShare))
      let holdsLast = stop == end
      let regular = holdsLast ? count - last : count
      sum -= regular * logShare
      if holdsLast, lastWithOutliers > 0 {
        sum -= lastWithOutliers * (last > 0 ? logShare : log(Self.leastShare))
      }
      start = stop
    }
    return sum / total
  }
}
