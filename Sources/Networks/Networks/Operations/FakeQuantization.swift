public import Core
public import NumberFormats

/// A quantizer that a file has itself: values rounded to the numbers that a few bits can store.
public struct FakeQuantization: Hashable, Sendable {
  /// The distance between neighbours; of floats, what their numbers are multiplied by.
  public var scale: Float
  /// The quantized value of zero.
  public var zeroPoint: Float
  /// The quantized values that exist.
  public var quantizedRange: ClosedRange<Float> {
    get { codes }
    set { codes = newValue }
  }
  // The name is in the digests of networks that studies store: `Graph.contentSHA256`.
  private var codes: ClosedRange<Float>
  /// Integers, or the floats that values are rounded to.
  public var width: BitWidth

  public init(scale: Float, zeroPoint: Float, quantizedRange: ClosedRange<Float>, width: BitWidth) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    codes = quantizedRange
    self.width = width
  }

  /// Floats of at most 16 bits.
  public init(_ format: FloatingFormat, scale: Float) {
    self.init(
      scale: scale, zeroPoint: 0, quantizedRange: -format.largestFinite...format.largestFinite,
      width: BitWidth(format: .floating(format)))
  }

  /// The floats that values are rounded to; nil for integers.
  public var floats: FloatingFormat? {
    if !width.isNumberOfBits, case .floating(let format) = width.format { format } else { nil }
  }

  /// The number that is stored in place of `value`.
  public func callAsFunction(_ value: Float) -> Float {
    if let floats {
      return floats.round(value / scale, overflow: floats.bits > 8 ? .standard : .saturating) * scale
    }
    let quantized = (value / scale).rounded(.toNearestOrEven) + zeroPoint
    return (min(max(quantized, quantizedRange.lowerBound), quantizedRange.upperBound) - zeroPoint) * scale
  }
}
