public import Core

/// Rounds values to evenly spaced numbers: `scale * clamp(round(x / scale), quantizedRange)`, ties to even.
///
/// Source: HAQ, section 3.4. Signed values (weights, linear outputs) are symmetric, with
/// scale = clip / (2^(bits-1) - 1); values that are never negative use scale = clip / (2^bits - 1). With a zero point,
/// a range of both signs has all 2^bits quantized values: Jacob et al., "Quantization and training of neural networks for
/// efficient integer-arithmetic-only inference", CVPR 2018, sections 2.1 and 3.
public struct LinearQuantizer: Hashable, Sendable {
  /// The distance between the numbers of two neighbouring quantized values.
  public let scale: Float
  /// The quantized values less the zero point, as floats: integers, zero among them.
  public let quantizedRange: ClosedRange<Float>

  /// Which side of zero the values lie on.
  public enum Signedness: String, Hashable, Sendable, Codable, CaseIterable {
    case signed
    case unsigned

    /// The widths that a quantizer of this kind can have and that floats can count.
    public var widths: ClosedRange<Int> {
      switch self {
      case .signed: 2...16
      case .unsigned: 1...16
      }
    }
  }

  /// The widths that quantizers of every kind can have, ascending.
  public static let widths = Signedness.allCases.reduce(BitWidth.range.compactMap { BitWidth($0) }) {
    widths, signedness in widths.filter { signedness.widths.contains($0.bits) }
  }

  /// The number of quantized values above zero at a width.
  ///
  /// - Precondition: `signedness.widths` contains the width.
  public static func positiveLevels(_ width: BitWidth, _ signedness: Signedness) -> Int {
    precondition(signedness.widths.contains(width.bits))
    return (1 << (signedness == .signed ? width.bits - 1 : width.bits)) - 1
  }

  /// The quantizer whose greatest number is `clip`, or beyond it when the steps would be subnormal.
  ///
  /// - Precondition: `clip` is positive and finite.
  public init(clip: Float, width: BitWidth, signedness: Signedness) {
    precondition(clip > 0 && clip.isFinite)
    let levels = Float(Self.positiveLevels(width, signedness))
    // A smaller step has no reciprocal, and quantizing by multiplication would give 0 * infinity.
    scale = max(clip / levels, .leastNormalMagnitude)
    quantizedRange = signedness == .signed ? -levels...levels : 0...levels
  }

  /// The quantizer of 2^bits quantized values whose numbers reach from one end of `range`, or zero, to the other.
  ///
  /// The scale is the length of the range / (2^bits - 1). The zero point is rounded, so that zero is a number of the
  /// quantizer; both ends then move by up to half a step.
  ///
  /// - Precondition: both ends are finite, and the width is 2 to 16 bits.
  public init(range: ClosedRange<Float>, width: BitWidth) {
    precondition(range.lowerBound.isFinite && range.upperBound.isFinite)
    let levels = Double(Self.positiveLevels(width, .unsigned))
    // In doubles, since the length of a range of floats may be none.
    let (lowest, highest) = (min(Double(range.lowerBound), 0), max(Double(range.upperBound), 0))
    scale = max(Float((highest - lowest) / levels), .leastNormalMagnitude)
    let zeroPoint = min((-lowest / Double(scale)).rounded(), levels)
    quantizedRange = Float(0 - zeroPoint)...Float(levels - zeroPoint)
  }

  /// The number that the quantized value of `value` stands for.
  public func callAsFunction(_ value: Float) -> Float {
    min(max((value / scale).rounded(.toNearestOrEven), quantizedRange.lowerBound), quantizedRange.upperBound)
      * scale
  }
}
