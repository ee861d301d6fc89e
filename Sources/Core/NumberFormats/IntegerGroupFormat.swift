/// Signed integers that share one 16-bit scale with the other 32, 64 or 128 inputs of their group, such as `int4-g128`.
///
/// The integers are symmetric, as weights are: -(2^(bits-1) - 1) to 2^(bits-1) - 1. The scale is an `fp16`, as in
/// GPTQ's, AWQ's and llama.cpp's files.
public struct IntegerGroupFormat: Hashable, Sendable {
  public let integer: IntegerFormat
  public let length: Length

  /// Inputs that share a scale.
  public enum Length: Int, CaseIterable, Hashable, Sendable {
    case inputs32 = 32
    case inputs64 = 64
    case inputs128 = 128
  }

  /// One bit has no symmetric integers but zero.
  public static let widths = 2...16

  static let scale = FloatingFormat.float16

  /// Returns nil when the integer is of one bit.
  public init?(_ integer: IntegerFormat, length: Length) {
    guard Self.widths.contains(integer.bits) else { return nil }
    self.integer = integer
    self.length = length
  }

  /// The integers of a group.
  public var range: ClosedRange<Int> {
    let largest = integer.range(.signed).upperBound
    return -largest...largest
  }

  /// The groups of a row, the last with fewer elements where the length does not divide the row.
  ///
  /// The scale is the nearest to the greatest magnitude / 2^(bits-1)-1, at least the smallest and at most the largest
  /// number of its format, and zero for a group of zeros. The scale of a group with a NaN or infinity is NaN.
  public func encode(row: [Float]) -> [ScaledBlock] {
    row.blocks(of: length.rawValue).map { group in
      let scale = scale(of: group)
      let value = Self.scale.decode(scale)
      // Of a scale that is 0 or NaN, the quotients are NaN and the integers 0.
      let elements = group.map { UInt16(truncatingIfNeeded: nearest($0 / value, in: range)) & mask }
      return ScaledBlock(scale: UInt16(scale), elements: elements)
    }
  }

  /// The values of the groups of a row.
  public func decode(row: [ScaledBlock]) -> [Float] {
    row.flatMap { group in
      let scale = Self.scale.decode(UInt32(group.scale))
      return group.elements.map { Float(integer.decode(UInt32($0), .signed)) * scale }
    }
  }

  private var mask: UInt16 { UInt16(truncatingIfNeeded: integer.codeCount - 1) }

  private func scale(of group: ArraySlice<Float>) -> UInt32 {
    guard let largest = group.largestMagnitude else { return Self.scale.encode(.nan) }
    let scale = Self.scale.encode(largest / Float(range.upperBound), overflow: .saturating)
    return largest > 0 ? max(scale, 1) : scale
  }
}

extension IntegerGroupFormat: CustomStringConvertible {
  public var description: String { "\(integer)-g\(length.rawValue)" }
}
