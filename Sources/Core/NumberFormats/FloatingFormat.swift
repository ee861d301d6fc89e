/// A floating-point format of one number: a sign, an exponent and a fraction.
///
/// Sources: IEEE 754-2019 for `fp16` and `fp32`; OCP 8-bit Floating Point Specification (OFP8) 1.0 for `fp8`; OCP
/// Microscaling Formats (MX) 1.0, section 5.3, for `fp6` and `fp4`; bfloat16 is the upper half of `fp32`.
public enum FloatingFormat: String, CaseIterable, Hashable, Sendable {
  case float32 = "fp32"
  case float16 = "fp16"
  case bfloat16 = "bf16"
  /// OFP8 E4M3, which others call e4m3fn: no infinities, one NaN of each sign.
  case float8E4M3 = "fp8-e4m3"
  case float8E5M2 = "fp8-e5m2"
  case float6E2M3 = "fp6-e2m3"
  case float6E3M2 = "fp6-e3m2"
  case float4E2M1 = "fp4-e2m1"

  /// Which of the codes are no finite numbers.
  public enum SpecialCodes: Hashable, Sendable {
    /// As in IEEE 754: the largest exponent is for infinities and NaNs.
    case infinitiesAndNaNs
    /// The code whose bits behind the sign are all ones is NaN; there are no infinities.
    case oneNaN
    /// Every code is a finite number.
    case none
  }

  /// Bits of one number, its sign included.
  public var bits: Int { 1 + exponentBits + fractionBits }

  public var exponentBits: Int {
    switch self {
    case .float32, .bfloat16: 8
    case .float16, .float8E5M2: 5
    case .float8E4M3: 4
    case .float6E3M2: 3
    case .float6E2M3, .float4E2M1: 2
    }
  }

  /// Bits behind the leading one, which is not stored.
  public var fractionBits: Int {
    switch self {
    case .float32: 23
    case .float16: 10
    case .bfloat16: 7
    case .float8E4M3, .float6E2M3: 3
    case .float8E5M2, .float6E3M2: 2
    case .float4E2M1: 1
    }
  }

  public var specialCodes: SpecialCodes {
    switch self {
    case .float32, .float16, .bfloat16, .float8E5M2: .infinitiesAndNaNs
    case .float8E4M3: .oneNaN
    case .float6E2M3, .float6E3M2, .float4E2M1: .none
    }
  }
}

extension FloatingFormat: CustomStringConvertible {
  public var description: String { rawValue }
}
