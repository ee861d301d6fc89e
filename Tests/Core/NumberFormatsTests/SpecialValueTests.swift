import NumberFormats
import Testing

/// Overflow, infinities and NaN: OFP8 1.0, table 3 and section 5.2; MX 1.0, section 5.3; IEEE 754-2019.
@Suite struct SpecialValueTests {
  @Test("e4m3 has no infinities: beyond 464, casts give NaN and quantizers 448")
  func e4m3() {
    let format = FloatingFormat.float8E4M3
    // 464 lies between 448 and what would be 480, and 448 has the even code.
    #expect(format.round(464) == 448)
    for value in [Float(464).nextUp, 1e30, .infinity] {
      #expect(format.encode(value) == 0x7F)
      #expect(format.encode(-value) == 0xFF)
      #expect(format.round(value, overflow: .saturating) == 448)
      #expect(format.round(-value, overflow: .saturating) == -448)
    }
  }

  @Test("e5m2, fp16 and bf16 overflow to infinity, and to the largest number when they saturate")
  func infinities() {
    let cases: [(FloatingFormat, largest: Float, infinity: UInt32)] = [
      (.float8E5M2, 57344, 0x7C), (.float16, 65504, 0x7C00), (.bfloat16, 0x1.FEp127, 0x7F80),
    ]
    for (format, largest, infinity) in cases {
      #expect(format.encode(.infinity) == infinity)
      #expect(format.decode(infinity) == .infinity)
      #expect(format.encode(.greatestFiniteMagnitude) == infinity)
      #expect(format.round(-.infinity) == -.infinity)
      #expect(format.round(.greatestFiniteMagnitude, overflow: .saturating) == largest)
      #expect(format.round(-.infinity, overflow: .saturating) == -largest)
    }
  }

  @Test("the formats of 6 and 4 bits have finite numbers alone, so that infinities are the largest of them")
  func finite() {
    let cases: [(FloatingFormat, Float)] = [(.float6E2M3, 7.5), (.float6E3M2, 28), (.float4E2M1, 6)]
    for (format, largest) in cases {
      for code in 0..<UInt32(format.codeCount) { #expect(format.decode(code).isFinite) }
      for overflow in [FloatingFormat.Overflow.standard, .saturating] {
        #expect(format.round(.infinity, overflow: overflow) == largest)
        #expect(format.round(-1e9, overflow: overflow) == -largest)
      }
      #expect(format.round(.nan) == 0)
    }
  }

  @Test("NaN stays NaN of its sign where the format has one, also when it saturates, and is 0 as an integer")
  func nan() throws {
    for format in FloatingFormat.allCases where format.specialCodes != .none {
      for overflow in [FloatingFormat.Overflow.standard, .saturating] {
        #expect(format.round(.nan, overflow: overflow).isNaN)
        #expect(format.round(-.nan, overflow: overflow).sign == .minus)
        #expect(format.round(.signalingNaN, overflow: overflow).isNaN)
      }
    }
    let integer = try #require(IntegerFormat(bits: 4))
    #expect(integer.encode(.nan, .signed) == 0)
    #expect(integer.decode(integer.encode(.infinity, .signed), .signed) == 7)
    #expect(integer.decode(integer.encode(-.infinity, .signed), .signed) == -8)
    #expect(integer.decode(integer.encode(-.infinity, .unsigned), .unsigned) == 0)
  }

  @Test("zeros keep their sign, and so does what rounds to zero")
  func zeros() {
    for format in FloatingFormat.allCases {
      #expect(format.encode(0) == 0)
      #expect(format.round(-0.0).sign == .minus)
      #expect(format.decode(0).sign == .plus)
    }
    #expect(FloatingFormat.float8E4M3.round(-.leastNonzeroMagnitude).sign == .minus)
    #expect(FloatingFormat.float8E4M3.round(-.leastNonzeroMagnitude) == 0)
  }

  @Test("fp32 is the float itself, bit for bit")
  func float32() {
    for bits: UInt32 in [0, 1, 0x8000_0000, 0x7F80_0001, 0xFFC1_2345, 0x7F7F_FFFF] {
      #expect(FloatingFormat.float32.encode(Float(bitPattern: bits)) == bits)
      #expect(FloatingFormat.float32.decode(bits).bitPattern == bits)
    }
  }

  @Test("bits of a code above those of the format do not count")
  func foreignCodes() throws {
    #expect(FloatingFormat.float4E2M1.decode(0xFFFF_FFF7) == 6)
    #expect(try #require(IntegerFormat(bits: 4)).decode(0xFFFF_FF0F, .signed) == -1)
  }
}
