public import Core

/// A quantizer that a file has itself: values rounded to the numbers that a few bits can store.
public struct FakeQuantization: Hashable, Sendable {
  /// The distance between neighbours.
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
  public var width: BitWidth

  public init(scale: Float, zeroPoint: Float, quantizedRange: ClosedRange<Float>, width: BitWidth) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    codes = quantizedRange
    self.width = width
  }

  /// The number that is stored in place of `value`.
  public func callAsFunction(_ value: Float) -> Float {
    let quantized = (value / scale).rounded(.toNearestOrEven) + zeroPoint
    return (min(max(quantized, quantizedRange.lowerBound), quantizedRange.upperBound) - zeroPoint) * scale
  }
}
