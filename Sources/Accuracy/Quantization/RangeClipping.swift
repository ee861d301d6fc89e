public import Core

/// Chooses both ends of a quantizer with a zero point.
///
/// The rules are those of `HistogramClipping`. Where it tries 128 clips, this tries pairs of 128 shares of both ends of
/// the range, 0 among them: a coarse grid first, and finer ones around the best pair.
public struct RangeClipping: Sendable {
  private let histogram: TwoSidedHistogram
  private let method: Method

  private enum Method: Sendable {
    case divergence(TwoSidedDivergence)
    case squaredError(below: SquaredErrorClipping, above: SquaredErrorClipping)
    /// Whatever the width.
    case fixed(ClosedRange<Float>)
  }

  /// Bins in which squared errors are added up; values count as spread evenly within each.
  private static let errorBins = 4 * MagnitudeHistogram.defaultBins
  /// Shares of an end are this many equal steps.
  private static let candidateCount = 128

  /// - Precondition: the number of the histogram's bins is a multiple of `MagnitudeHistogram.defaultBins`.
  public init(_ histogram: TwoSidedHistogram, by rule: ClippingRule) {
    self.histogram = histogram
    switch rule {
    case .kullbackLeibler:
      method = .divergence(TwoSidedDivergence(histogram.merged(to: MagnitudeHistogram.defaultBins)))
    case .meanSquaredError:
      let bins = histogram.above.counts.count
      let merged = bins.isMultiple(of: Self.errorBins) ? histogram.merged(to: Self.errorBins) : histogram
      method = .squaredError(
        below: SquaredErrorClipping(merged.below), above: SquaredErrorClipping(merged.above))
    case .percentile(let percent): method = .fixed(histogram.percentile(percent))
    case .maximum: method = .fixed(histogram.range)
    }
  }

  /// The quantizer by the rule. Wide ranges are tried first, and a later one must be better.
  ///
  /// - Precondition: the width is 2 to 16 bits.
  public func quantizer(width: BitWidth) -> LinearQuantizer {
    if case .fixed(let range) = method { return LinearQuantizer(range: range, width: width) }
    var best = Candidate(lower: Self.candidateCount, upper: Self.candidateCount)
    var least = loss(best, width)
    func tryAround(_ centre: Candidate, _ offsets: [Int]) {
      for lower in offsets.map({ centre.lower + $0 }) {
        for upper in offsets.map({ centre.upper + $0 }) {
          let candidate = Candidate(lower: lower, upper: upper)
          guard candidate.isPossible(Self.candidateCount) else { continue }
          let found = loss(candidate, width)
          if found < least { (best, least) = (candidate, found) }
        }
      }
    }
    tryAround(best, Array(stride(from: 0, through: -Self.candidateCount, by: -Self.coarseStep)))
    var step = Self.coarseStep / 2
    while step > 0 {
      tryAround(best, [2 * step, step, 0, -step, -2 * step])
      step /= 2
    }
    return quantizer(best, width)
  }

  private static let coarseStep = 8

  /// Shares of the lower and the upper end.
  private struct Candidate {
    var lower: Int
    var upper: Int

    func isPossible(_ count: Int) -> Bool {
      (0...count).contains(lower) && (0...count).contains(upper) && lower + upper > 0
    }
  }

  private func quantizer(_ candidate: Candidate, _ width: BitWidth) -> LinearQuantizer {
    func share(_ count: Int) -> Float { Float(count) / Float(Self.candidateCount) }
    let range = histogram.range
    return LinearQuantizer(
      range: range.lowerBound * share(candidate.lower)...range.upperBound * share(candidate.upper),
      width: width)
  }

  private func loss(_ candidate: Candidate, _ width: BitWidth) -> Double {
    let quantizer = quantizer(candidate, width)
    let levels = (
      below: Int(-quantizer.quantizedRange.lowerBound), above: Int(quantizer.quantizedRange.upperBound)
    )
    let step = Double(quantizer.scale) / Double(histogram.top)
    return switch method {
    case .divergence(let divergence):
      divergence(step: step, levelsBelow: levels.below, levelsAbove: levels.above)
    case .squaredError(let below, let above):
      below.error(step: step, positiveLevels: levels.below)
        + above.error(step: step, positiveLevels: levels.above)
    case .fixed: 0
    }
  }
}
