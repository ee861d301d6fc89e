/// How often each magnitude occurs on either side of zero, in bins of one width.
public struct TwoSidedHistogram: Hashable, Sendable {
  public let below: MagnitudeHistogram
  public let above: MagnitudeHistogram
  /// The least and the greatest value; zero is between them, or one of them.
  public let range: ClosedRange<Float>

  /// - Precondition: both sides have the same top and number of bins.
  public init(below: MagnitudeHistogram, above: MagnitudeHistogram, range: ClosedRange<Float>) {
    precondition(below.top == above.top && below.counts.count == above.counts.count)
    (self.below, self.above) = (below, above)
    self.range = min(range.lowerBound, 0)...max(range.upperBound, 0)
  }

  /// Nil where the values above zero were not counted apart.
  public init?(_ values: CountedValues) {
    guard let above = values.above else { return nil }
    var below = values.magnitudes
    for bin in below.counts.indices { below.counts[bin] -= above.counts[bin] }
    self.init(below: below, above: above, range: values.range)
  }

  public var top: Float { above.top }

  /// The same in fewer bins.
  ///
  /// - Precondition: the number of bins is a multiple of `count`.
  public func merged(to count: Int) -> TwoSidedHistogram {
    TwoSidedHistogram(below: below.merged(to: count), above: above.merged(to: count), range: range)
  }

  /// The range that leaves out (100 - percent) / 2 percent of the values other than zero at each end, as onnxruntime's
  /// percentile calibration does for ranges that are not symmetric (`calibrate.py`, `compute_percentile`).
  public func percentile(_ percent: Double) -> ClosedRange<Float> {
    let cut = Double(below.total + above.total) * (100 - percent) / 200
    func end(_ side: MagnitudeHistogram) -> Float {
      let all = Double(side.total)
      return all > cut ? side.percentile(100 * (1 - cut / all)) : 0
    }
    return -min(end(below), -range.lowerBound)...min(end(above), range.upperBound)
  }
}

extension MagnitudeHistogram {
  fileprivate var total: Int64 { counts.reduce(0, +) }
}
