/// How often each size of |x| occurs, in equal bins over (0, top].
///
/// Zeros are left out: every grid represents them exactly, so they say nothing about the clip.
public struct MagnitudeHistogram: Hashable, Sendable {
  public let top: Float
  public var counts: [Int64]

  /// Bins that a calibration uses.
  ///
  /// Differences within a bin do not count as information. With 2048 bins a few hundred images leave
  /// mostly sampling noise between neighbours, and 8-bit grids would be clipped to fit that.
  public static let defaultBins = 128

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
}
