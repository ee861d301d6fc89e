/// A format of OCP Microscaling Formats (MX) 1.0: blocks of 32 floats with a power of two as their scale.
public enum MicroscalingFormat: String, CaseIterable, Hashable, Sendable {
  case float8E4M3 = "mxfp8-e4m3"
  case float8E5M2 = "mxfp8-e5m2"
  case float6E2M3 = "mxfp6-e2m3"
  case float6E3M2 = "mxfp6-e3m2"
  case float4E2M1 = "mxfp4"

  /// Elements that share a scale.
  public static let blockLength = 32

  public var element: FloatingFormat {
    switch self {
    case .float8E4M3: .float8E4M3
    case .float8E5M2: .float8E5M2
    case .float6E2M3: .float6E2M3
    case .float6E3M2: .float6E3M2
    case .float4E2M1: .float4E2M1
    }
  }

  /// The blocks of a row, the last with fewer elements where 32 does not divide the row.
  ///
  /// MX 1.0, section 6.3: the scale is two to the power floor(log2(greatest magnitude)) minus the exponent of the
  /// element's largest power of two, within 2^-127 to 2^127; elements are rounded to nearest, ties to even, and
  /// saturate. A block of zeros has the smallest scale. The specification leaves open what infinities and NaN
  /// become: here the scale of their block is NaN, and with it every value of the block.
  public func encode(row: [Float]) -> [ScaledBlock] {
    row.blocks(of: Self.blockLength).map { block in
      let scale = scale(of: block)
      let reciprocal = scale.reciprocal
      let elements = block.map { value -> UInt16 in
        scale == .nan ? 0 : UInt16(element.encode(value * reciprocal, overflow: .saturating))
      }
      return ScaledBlock(scale: UInt16(scale.code), elements: elements)
    }
  }

  /// The values of the blocks of a row; beyond the range of `Float` they are infinite.
  public func decode(row: [ScaledBlock]) -> [Float] {
    row.flatMap { block in
      let scale = PowerOfTwoScale(code: UInt8(truncatingIfNeeded: block.scale)).value
      return block.elements.map { element.decode(UInt32($0)) * scale }
    }
  }

  private func scale(of block: ArraySlice<Float>) -> PowerOfTwoScale {
    guard let largest = block.largestMagnitude else { return .nan }
    // Of a subnormal number too, `exponent` is floor(log2), while that of 0 is out of range.
    guard largest > 0 else { return PowerOfTwoScale(clamping: -127) }
    return PowerOfTwoScale(clamping: Int(largest.exponent) - element.largestExponent)
  }
}

extension MicroscalingFormat: CustomStringConvertible {
  public var description: String { rawValue }
}
