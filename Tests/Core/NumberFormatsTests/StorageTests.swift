import NumberFormats
import Testing

@Suite struct StorageTests {
  @Test(
    "an element takes its bits and its share of the block's scale, exactly",
    arguments: [
      // MX 1.0, table 1: an 8-bit scale for 32 elements is 1/4 bit; NVFP4: 8 bits for 16 are 1/2; groups: 16 bits.
      ("int4", "4"), ("int16", "16"), ("fp32", "32"), ("fp16", "16"), ("bf16", "16"), ("fp8-e4m3", "8"),
      ("fp6-e3m2", "6"), ("fp4-e2m1", "4"), ("mxfp8-e5m2", "8.25"), ("mxfp6-e2m3", "6.25"), ("mxfp4", "4.25"),
      ("nvfp4", "4.5"), ("int4-g32", "4.5"), ("int4-g64", "4.25"), ("int4-g128", "4.125"),
      ("int3-g128", "3.125"), ("int16-g128", "16.125"),
    ])
  func bitsPerElement(_ name: String, _ bits: String) throws {
    #expect(try NumberFormat(name).bitsPerElement.description == bits)
  }

  @Test("the share is a fraction in lowest terms")
  func fraction() throws {
    let bits = try NumberFormat("int4-g128").bitsPerElement
    #expect(bits.numerator == 33 && bits.denominator == 8)
    #expect(bits.value == 4.125)
  }

  @Test("a tensor's begun blocks count whole, within each row, and NVFP4's scale once")
  func tensors() throws {
    // Two rows of 33: 66 elements of 4 bits, and 2 * 2 scales of 8.
    #expect(try NumberFormat("mxfp4").bits(rows: 2, rowLength: 33) == 66 * 4 + 4 * 8)
    // 2 * 3 scales of 8, and 32 bits for the tensor.
    #expect(try NumberFormat("nvfp4").bits(rows: 2, rowLength: 33) == 66 * 4 + 6 * 8 + 32)
    #expect(try NumberFormat("int4-g128").bits(rows: 2, rowLength: 129) == 258 * 4 + 4 * 16)
    #expect(try NumberFormat("int4").bits(rows: 2, rowLength: 33) == 66 * 4)
    #expect(try NumberFormat("mxfp4").bits(rows: 0, rowLength: 33) == 0)
  }

  @Test("a tensor too large to count, or of negative size, has no number of bits")
  func overflow() throws {
    for format in NumberFormat.all {
      #expect(format.bits(rows: .max, rowLength: .max) == nil)
      #expect(format.bits(rows: 2, rowLength: .max) == nil)
      #expect(format.bits(rows: -1, rowLength: 4) == nil)
      #expect(format.bits(rows: 4, rowLength: -1) == nil)
    }
  }
}
