import NumberFormats
import Testing

/// OFP8 1.0, table 1; MX 1.0, tables 1 to 5; IEEE 754-2019, table 3.5.
@Suite struct LimitsTests {
  @Test(
    "the floats have the ends and the smallest numbers of their standards",
    arguments: [
      (FloatingFormat.float32, Float(0x1.FFFFFEp127), Float(0x1p-126), Float(0x1p-149)),
      (.float16, 65504, 0x1p-14, 0x1p-24), (.bfloat16, 0x1.FEp127, 0x1p-126, 0x1p-133),
      (.float8E4M3, 448, 0x1p-6, 0x1p-9), (.float8E5M2, 57344, 0x1p-14, 0x1p-16),
      (.float6E2M3, 7.5, 1, 0.125), (.float6E3M2, 28, 0.25, 0.0625), (.float4E2M1, 6, 1, 0.5),
    ])
  func floats(_ format: FloatingFormat, _ largest: Float, _ normal: Float, _ subnormal: Float) {
    #expect(format.largestFinite == largest)
    #expect(format.smallestNormal == normal)
    #expect(format.smallestSubnormal == subnormal)
    let limits = NumberFormat.floating(format).limits()
    #expect(limits.largest == Double(largest) && limits.smallest == -Double(largest))
    #expect(limits.smallestMagnitude == Double(subnormal))
  }

  @Test("integers have two's complement, or begin at zero")
  func integers() throws {
    let integer = NumberFormat.integer(try #require(IntegerFormat(bits: 4)))
    #expect(integer.limits().smallest == -8 && integer.limits().largest == 7)
    #expect(integer.limits(.unsigned).smallest == 0 && integer.limits(.unsigned).largest == 15)
    #expect(IntegerFormat(bits: 0) == nil && IntegerFormat(bits: 17) == nil)
    #expect(IntegerFormat(bits: 1)?.range(.signed) == -1...0)
  }

  @Test("a number of blocks is an element times a scale")
  func blocks() throws {
    #expect(try NumberFormat("mxfp8-e4m3").limits().largest == 448 * 0x1p127)
    #expect(try NumberFormat("mxfp4").limits().smallestMagnitude == 0x1p-128)
    #expect(try NumberFormat("nvfp4").limits().largest == 2688)
    #expect(try NumberFormat("nvfp4").limits().smallestMagnitude == 0x1p-10)
    #expect(try NumberFormat("int4-g32").limits().largest == 7 * 65504)
    #expect(try NumberFormat("int4-g32").limits().smallestMagnitude == 0x1p-24)
  }

  @Test("a format of n bits has 2^n codes, its scales apart")
  func codes() throws {
    let counts = [
      "int1": 2, "int16": 65536, "fp16": 65536, "fp8-e5m2": 256, "mxfp6-e3m2": 64, "nvfp4": 16,
      "int4-g32": 16,
    ]
    for (name, count) in counts { #expect(try NumberFormat(name).codeCount == count) }
    #expect(try NumberFormat("fp32").codeCount == 1 << 32)
  }

  @Test("blocks have the lengths of their standards")
  func lengths() throws {
    let lengths = ["mxfp4": 32, "mxfp8-e4m3": 32, "nvfp4": 16, "int4-g64": 64]
    for (name, length) in lengths { #expect(try NumberFormat(name).blockLength == length) }
    #expect(try NumberFormat("int8").blockLength == nil)
    #expect(try NumberFormat("fp8-e4m3").blockLength == nil)
  }
}
