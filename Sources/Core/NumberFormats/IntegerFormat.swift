/// Integers of 1 to 16 bits, which stand for a multiple of a scale.
public struct IntegerFormat: Hashable, Sendable {
  /// Always within `IntegerFormat.widths`.
  public let bits: Int

  public static let widths = 1...16

  /// Returns nil when `bits` is outside `IntegerFormat.widths`.
  public init?(bits: Int) {
    guard Self.widths.contains(bits) else { return nil }
    self.bits = bits
  }

  /// Which integers the codes are.
  public enum Signedness: String, CaseIterable, Hashable, Sendable {
    /// Two's complement.
    case signed
    case unsigned
  }

  public func range(_ signedness: Signedness) -> ClosedRange<Int> {
    switch signedness {
    case .signed: -(1 << (bits - 1))...(1 << (bits - 1)) - 1
    case .unsigned: 0...(1 << bits) - 1
    }
  }

  public var codeCount: Int { 1 << bits }

  /// The code of the nearest integer, ties to even; beyond the range the end of it, and 0 for NaN.
  public func encode(_ value: Float, _ signedness: Signedness) -> UInt32 {
    UInt32(truncatingIfNeeded: nearest(value, in: range(signedness))) & UInt32(codeCount - 1)
  }

  /// The integer that a code stands for; bits above those of the format do not count.
  public func decode(_ code: UInt32, _ signedness: Signedness) -> Int {
    let unsigned = Int(code) & (codeCount - 1)
    return signedness == .signed && unsigned >> (bits - 1) == 1 ? unsigned - codeCount : unsigned
  }

  /// The nearest integer, ties to even; beyond the range the end of it, and 0 for NaN.
  public func round(_ value: Float, _ signedness: Signedness) -> Float {
    Float(nearest(value, in: range(signedness)))
  }
}

/// - Parameter range: within what `Float` counts.
func nearest(_ value: Float, in range: ClosedRange<Int>) -> Int {
  guard !value.isNaN else { return 0 }
  return Int(min(max(value.rounded(.toNearestOrEven), Float(range.lowerBound)), Float(range.upperBound)))
}

extension IntegerFormat: CustomStringConvertible {
  public var description: String { "int\(bits)" }
}
