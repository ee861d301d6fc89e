extension FloatingFormat {
  /// The exponent of the smallest normal number, which subnormal numbers have too.
  var smallestExponent: Int { 2 - 1 << (exponentBits - 1) }

  /// The exponent of the largest finite number: the largest power of two is two to it.
  public var largestExponent: Int { Int(largestFiniteCode >> UInt32(fractionBits)) + smallestExponent - 1 }

  /// The bits of a code behind its sign.
  var magnitudeMask: UInt32 { signBit - 1 }

  var signBit: UInt32 { 1 << UInt32(bits - 1) }

  /// The code of `largestFinite`.
  var largestFiniteCode: UInt32 {
    switch specialCodes {
    case .infinitiesAndNaNs: infinityCode - 1
    case .oneNaN: magnitudeMask - 1
    case .none: magnitudeMask
    }
  }

  /// All ones in the exponent, zeros behind: infinity where the format has one.
  var infinityCode: UInt32 { magnitudeMask ^ ((1 << UInt32(fractionBits)) - 1) }

  public var largestFinite: Float { decode(largestFiniteCode) }

  public var smallestNormal: Float { decode(1 << UInt32(fractionBits)) }

  /// The smallest number above zero.
  public var smallestSubnormal: Float { decode(1) }

  /// Codes, those of infinities, NaNs and both zeros included.
  public var codeCount: Int { 1 << bits }
}
