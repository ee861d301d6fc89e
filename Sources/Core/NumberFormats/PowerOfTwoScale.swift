/// The scale of a microscaling block: a power of two in 8 bits, 2^-127 to 2^127, or NaN; E8M0 of MX 1.0, section 5.4.1.
public struct PowerOfTwoScale: Hashable, Sendable {
  /// The exponent plus 127; 255 is NaN.
  public var code: UInt8

  public static let nan = PowerOfTwoScale(code: 255)

  public init(code: UInt8) { self.code = code }

  /// Two to `exponent`, which is brought into -127...127.
  public init(clamping exponent: Int) { code = UInt8(min(max(exponent, -127), 127) + 127) }

  public var value: Float { self == .nan ? .nan : powerOfTwo(Int(code) - 127) }

  /// What values are multiplied by to divide them by the scale.
  var reciprocal: Float { self == .nan ? .nan : powerOfTwo(127 - Int(code)) }

  private func powerOfTwo(_ exponent: Int) -> Float { Float(sign: .plus, exponent: exponent, significand: 1) }
}
