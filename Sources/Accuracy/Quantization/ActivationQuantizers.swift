public import Core

/// The quantizers of one activation, for every width.
public struct ActivationQuantizers: Sendable {
  public let signedness: LinearQuantizer.Signedness
  public let largestMagnitude: Float
  private let clips: Clips

  private enum Clips: Sendable {
    case symmetric(HistogramClipping)
    case asymmetric(RangeClipping)
  }

  public init(of values: CountedValues, by rule: ClippingRule) {
    (signedness, largestMagnitude) = (values.signedness, values.largestMagnitude)
    clips =
      if let histogram = TwoSidedHistogram(values) {
        .asymmetric(RangeClipping(histogram, by: rule))
      } else {
        .symmetric(HistogramClipping(values.magnitudes, by: rule))
      }
  }

  /// - Precondition: the width is legal for the signedness.
  public func quantizer(width: BitWidth) -> LinearQuantizer {
    switch clips {
    case .symmetric(let clipping):
      let clip = clipping.clip(positiveLevels: LinearQuantizer.positiveLevels(width, signedness))
      return LinearQuantizer(clip: clip, width: width, signedness: signedness)
    case .asymmetric(let clipping): return clipping.quantizer(width: width)
    }
  }
}
