/// How often each size of |x| occurs, in equal bins over (0, top].
///
/// Zeros are left out: every quantizer represents them exactly, so they say nothing about the clip.
public struct MagnitudeHistogram: Hashable, Sendable {
  public let top: Float
  public var counts: [Int64]

  /// Bins in which distributions are compared.
  ///
  /// Differences within a bin do not count as information. With 2048 bins a few hundred images leave
  /// mostly sampling noise between neighbours, and 8-bit quantizers would be clipped to fit that.
  public static let defaultBins = 128

  /// Bins that a calibration counts in: a multiple of the above, fine enough for squared errors and percentiles.
  public static let countedBins = 16 * defaultBins

  /// - Precondition: `top` is positive and finite.
  public init(top: Float, counts: [Int64] = Array(repeating: 0, count: defaultBins)) {
    precondition(top > 0 && top.isFinite && !counts.isEmpty)
    self.top = top
    self.counts = counts
  }

  /// Counts the magnitudes of `values`; those above `top` fall into the last bin.
  public mutating func add(_ values: some Sequence<Float>) {
    for value in values where value != 0 {
      // Dividing first: bins per unit would overflow for the top of a layer that has all but died.
      let share = min(1, abs(value) / top)
      counts[min(counts.count - 1, Int(share * Float(counts.count)))] += 1
    }
  }

  /// The same counts in fewer bins: those that counting in them would have given.
  ///
  /// - Precondition: the number of bins is a multiple of `count`.
  public func merged(to count: Int) -> MagnitudeHistogram {
    precondition(counts.count.isMultiple(of: count))
    let share = counts.count / count
    return MagnitudeHistogram(
      top: top, counts: (0..<count).map { counts[$0 * share..<($0 + 1) * share].reduce(0, +) })
  }

  /// The magnitude that `percent` of the counted ones are at most, as if each bin's were spread evenly over it.
  ///
  /// `top` when nothing was counted.
  public func percentile(_ percent: Double) -> Float {
    let all = counts.reduce(0, +)
    guard all > 0 else { return top }
    let wanted = Double(all) * percent / 100
    var below = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      let within = (wanted - below) / Double(count)
      if within <= 1 {
        // Dividing first, as in counting, and never zero: a clip must be positive.
        let share = (Double(bin) + max(within, 0)) / Double(counts.count)
        return max(top * Float(share), .leastNonzeroMagnitude)
      }
      below += Double(count)
    }
    return top
  }
}
