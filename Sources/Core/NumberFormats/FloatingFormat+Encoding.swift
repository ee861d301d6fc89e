extension FloatingFormat {
  /// What becomes of a number that rounds beyond the largest finite one, and of infinities.
  public enum Overflow: Hashable, Sendable {
    /// As casts do: infinity where the format has one, else NaN, else the largest finite number.
    case standard
    /// The largest finite number of that sign, as quantizers do.
    case saturating
  }

  /// The code of the nearest number of the format; of two equally near ones, that whose code is even.
  ///
  /// The sign of zero stays. A NaN becomes the quiet NaN of its sign without its payload, except that `fp32` keeps
  /// every bit. The formats of 6 and 4 bits have no NaN: it becomes the zero of the opposite sign, as in ml_dtypes.
  public func encode(_ value: Float, overflow: Overflow = .standard) -> UInt32 {
    let sign = value.sign == .minus ? signBit : 0
    if value.isNaN { return nanCode(value) }
    let magnitude = value.isInfinite ? .max : roundedMagnitude(value)
    if magnitude <= largestFiniteCode { return sign | magnitude }
    return sign | (overflow == .standard ? overflowCode : largestFiniteCode)
  }

  /// The nearest number of the format.
  public func round(_ value: Float, overflow: Overflow = .standard) -> Float {
    decode(encode(value, overflow: overflow))
  }

  /// The number that a code stands for, which a `Float` holds exactly; bits above those of the format do not count.
  public func decode(_ code: UInt32) -> Float {
    if self == .float32 { return Float(bitPattern: code) }
    let magnitude = code & magnitudeMask
    let sign: FloatingPointSign = code & signBit == 0 ? .plus : .minus
    if magnitude > largestFiniteCode {
      let isInfinity = specialCodes == .infinitiesAndNaNs && magnitude == infinityCode
      return Float(sign: sign, exponent: 0, significand: isInfinity ? .infinity : .nan)
    }
    let fraction = magnitude & ((1 << UInt32(fractionBits)) - 1)
    let exponentField = Int(magnitude >> UInt32(fractionBits))
    let significand = exponentField == 0 ? fraction : fraction | 1 << UInt32(fractionBits)
    let exponent = max(exponentField, 1) - 1 + smallestExponent - fractionBits
    return Float(sign: sign, exponent: exponent, significand: Float(significand))
  }

  private var overflowCode: UInt32 {
    switch specialCodes {
    case .infinitiesAndNaNs: infinityCode
    case .oneNaN: magnitudeMask
    case .none: largestFiniteCode
    }
  }

  private func nanCode(_ value: Float) -> UInt32 {
    if self == .float32 { return value.bitPattern }
    let sign = value.sign == .minus ? signBit : 0
    switch specialCodes {
    case .infinitiesAndNaNs: return sign | infinityCode | 1 << UInt32(fractionBits - 1)
    case .oneNaN: return sign | magnitudeMask
    case .none: return sign ^ signBit
    }
  }

  /// The code without its sign, of a finite number, as if exponents had no end.
  private func roundedMagnitude(_ value: Float) -> UInt32 {
    let field = Int(value.exponentBitPattern)
    let significand = field == 0 ? value.significandBitPattern : value.significandBitPattern | 1 << 23
    let exponent = max(max(field, 1) - 127, smallestExponent)
    // The value is significand * 2^(max(field, 1) - 150), and one step of the format there 2^(exponent - fractionBits).
    let shift = exponent - fractionBits - (max(field, 1) - 150)
    // A carry out of the fraction goes into the exponent, which is what rounding up to a power of two means.
    return UInt32(exponent - smallestExponent) << UInt32(fractionBits) + Self.shifted(significand, by: shift)
  }

  /// `significand / 2^shift`, rounded to the nearest integer, ties to even.
  ///
  /// - Precondition: `shift` is not negative, as no format is finer than `Float`.
  private static func shifted(_ significand: UInt32, by shift: Int) -> UInt32 {
    // A significand has 24 bits, so that a shift by more leaves less than a half.
    guard shift > 0 else { return significand }
    guard shift <= 24 else { return 0 }
    let half: UInt32 = 1 << UInt32(shift - 1)
    let kept = significand >> UInt32(shift)
    let lost = significand & (half << 1 - 1)
    return lost > half || (lost == half && kept & 1 == 1) ? kept + 1 : kept
  }
}
