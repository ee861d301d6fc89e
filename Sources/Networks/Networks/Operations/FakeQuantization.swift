public import Core

/// A quantizer that a file has itself: values rounded to the numbers that a few bits can store.
public struct FakeQuantization: Hashable, Sendable {
  /// The distance between neighbours.
  public var scale: Float
  /// The quantized value of zero.
  public var zeroPoint: Float
  /// The codes that exist.
  public var codes: ClosedRange<Float>
  public var width: BitWidth

  public init(scale: Float, zeroPoint: Float, codes: ClosedRange<Float>, width: BitWidth) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.codes = codes
    self.width = width
  }

  /// The number that is stored in place of `value`.
  public func callAsFunction(_ value: Float) -> Float {
    let code = (value / scale).rounded(.toNearestOrEven) + zeroPoint
    return (min(max(code, codes.lowerBound), codes.upperBound) - zeroPoint) * scale
  }
}
