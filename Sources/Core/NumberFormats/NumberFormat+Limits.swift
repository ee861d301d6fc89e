/// The ends of a format.
public struct FormatLimits: Hashable, Sendable {
  public let smallest: Double
  public let largest: Double
  /// The smallest magnitude above zero, subnormal where the format has such.
  public let smallestMagnitude: Double
}

extension NumberFormat {
  /// Which finite numbers there are, with the largest and smallest scales where the format stores scales.
  ///
  /// Integers are in units of the scale of their tensor or channel, NVFP4 in units of the scale of its tensor.
  /// Microscaling formats go beyond the range of `Float`.
  ///
  /// - Parameter signedness: of integers without groups; the others are signed.
  public func limits(_ signedness: IntegerFormat.Signedness = .signed) -> FormatLimits {
    switch self {
    case .integer(let format):
      let range = format.range(signedness)
      return FormatLimits(
        smallest: Double(range.lowerBound), largest: Double(range.upperBound), smallestMagnitude: 1)
    case .floating(let format):
      return symmetric(Double(format.largestFinite), Double(format.smallestSubnormal))
    case .microscaling(let format):
      return symmetric(
        Double(format.element.largestFinite) * 0x1p127,
        Double(format.element.smallestSubnormal) * 0x1p-127)
    case .nvfp4:
      return symmetric(
        Double(NVFP4Quantizer.element.largestFinite) * Double(NVFP4Quantizer.blockScale.largestFinite),
        Double(NVFP4Quantizer.element.smallestSubnormal)
          * Double(NVFP4Quantizer.blockScale.smallestSubnormal))
    case .integerGroups(let format):
      return symmetric(
        Double(format.range.upperBound) * Double(IntegerGroupFormat.scale.largestFinite),
        Double(IntegerGroupFormat.scale.smallestSubnormal))
    }
  }

  private func symmetric(_ largest: Double, _ smallestMagnitude: Double) -> FormatLimits {
    FormatLimits(smallest: -largest, largest: largest, smallestMagnitude: smallestMagnitude)
  }
}
