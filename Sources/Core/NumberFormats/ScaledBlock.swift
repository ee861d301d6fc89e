/// Neighbouring values of a row that share one scale, as codes.
public struct ScaledBlock: Hashable, Sendable {
  /// In the format of the scale: E8M0, `fp8-e4m3` or `fp16`.
  public var scale: UInt16
  /// In the format of the elements.
  public var elements: [UInt16]

  public init(scale: UInt16, elements: [UInt16]) {
    self.scale = scale
    self.elements = elements
  }
}

extension [Float] {
  /// Parts of `length` in order; the last may be shorter.
  func blocks(of length: Int) -> [ArraySlice<Float>] {
    stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
  }
}

extension ArraySlice<Float> {
  /// Nil when one of them is NaN or infinite; 0 when there is none.
  var largestMagnitude: Float? {
    var largest: Float = 0
    for value in self {
      guard value.isFinite else { return nil }
      largest = Swift.max(largest, value.magnitude)
    }
    return largest
  }
}
