public import Core

/// The ends of an activation's values, and how often each magnitude occurs.
public struct CountedValues: Hashable, Sendable {
  /// The least and the greatest value.
  public let range: ClosedRange<Float>
  /// Of all values; its top is 1 where all of them are zero.
  public var magnitudes: MagnitudeHistogram
  /// Of those above zero, in the same bins; nil where a quantizer does not need them apart.
  public var above: MagnitudeHistogram?

  /// Nothing is counted yet.
  ///
  /// - Precondition: both ends are finite.
  public init(range: ClosedRange<Float>, _ activations: ActivationRange) {
    self.range = range
    let top = max(abs(range.lowerBound), abs(range.upperBound))
    magnitudes = MagnitudeHistogram(
      top: top > 0 ? top : 1, counts: Array(repeating: 0, count: MagnitudeHistogram.countedBins))
    above = activations == .asymmetric && range.lowerBound < 0 ? magnitudes : nil
  }

  public var signedness: LinearQuantizer.Signedness { range.lowerBound < 0 ? .signed : .unsigned }
  public var largestMagnitude: Float { max(abs(range.lowerBound), abs(range.upperBound)) }
}
