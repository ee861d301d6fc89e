import NumberFormats
import Testing

/// MX 1.0, section 6.3, by hand.
@Suite struct MicroscalingTests {
  @Test("the scale is the largest power of two of the block over that of the element")
  func scale() throws {
    // floor(log2 9.5) = 3, and the largest power of two of e2m1 is 4 = 2^2: the scale is 2, code 128.
    let block = try #require(MicroscalingFormat.float4E2M1.encode(row: [9.5, -3, 0.5, 0.4]).first)
    #expect(block.scale == 128)
    // 4.75 -> 4 (nearest of 4 and 6); -1.5; 0.25, halfway between 0 and 0.5, goes to 0; 0.2 -> 0.
    #expect(block.elements == [6, 8 + 3, 0, 0])
    #expect(MicroscalingFormat.float4E2M1.decode(row: [block]) == [8, -3, 0, 0])
  }

  @Test("elements beyond the largest saturate: 15.9 in a block with scale 2 is 12")
  func saturation() {
    #expect(NumberFormat.microscaling(.float4E2M1).round(rows: [[15.9]]) == [[12]])
    // e4m3: floor(log2 510) = 8, scale 1; 510 saturates to 448.
    #expect(NumberFormat.microscaling(.float8E4M3).round(rows: [[510, -510, 1]]) == [[448, -448, 1]])
  }

  @Test("the scale is an exponent plus 127 in each format: of 1.0, minus that of the largest power of two")
  func exponents() {
    let exponents: [(MicroscalingFormat, Int)] = [
      (.float8E4M3, 8), (.float8E5M2, 15), (.float6E2M3, 2), (.float6E3M2, 4), (.float4E2M1, 2),
    ]
    for (format, largest) in exponents {
      #expect(format.element.largestExponent == largest)
      #expect(format.encode(row: [1]).map(\.scale) == [UInt16(127 - largest)])
    }
  }

  @Test("blocks are of 32, each with its scale; the last of a row may be shorter")
  func blocks() {
    let row = [Float](repeating: 1, count: 32) + [1024]
    let blocks = MicroscalingFormat.float8E5M2.encode(row: row)
    #expect(blocks.map(\.elements.count) == [32, 1])
    // 127 - 15, and 127 + 10 - 15.
    #expect(blocks.map(\.scale) == [112, 122])
    #expect(MicroscalingFormat.float8E5M2.decode(row: blocks) == row)
    #expect(MicroscalingFormat.float8E5M2.encode(row: []).isEmpty)
  }

  @Test("a block of zeros has the smallest scale, and so have the smallest floats")
  func small() {
    for format in MicroscalingFormat.allCases {
      #expect(format.encode(row: [0, -0.0]).map(\.scale) == [0])
      #expect(format.encode(row: [.leastNonzeroMagnitude]).map(\.scale) == [0])
      #expect(format.decode(row: format.encode(row: [0, 0])) == [0, 0])
    }
    // 2^-140 in steps of 2^-9 * 2^-127 = 2^-136 is less than half a step.
    #expect(NumberFormat.microscaling(.float8E4M3).round(rows: [[0x1p-140, 0x1p-136]]) == [[0, 0x1p-136]])
  }

  @Test("a NaN or infinity makes its block NaN, and no other block")
  func special() {
    for value in [Float.nan, .infinity, -.infinity] {
      let row = [value] + [Float](repeating: 1, count: 63)
      for format in MicroscalingFormat.allCases {
        let blocks = format.encode(row: row)
        #expect(blocks.map { $0.scale == 255 } == [true, false])
        let values = format.decode(row: blocks)
        #expect(values[..<32].allSatisfy { $0.isNaN })
        #expect(values[32...].allSatisfy { $0 == 1 })
      }
    }
  }

  @Test("codes that a file could have give a value each, infinite beyond the range of floats")
  func foreignBlocks() {
    for format in MicroscalingFormat.allCases {
      let block = ScaledBlock(scale: .max - 1, elements: [0, 7, .max])
      #expect(format.decode(row: [block]).count == 3)
    }
    let largest = ScaledBlock(scale: 254, elements: [0x7E])
    #expect(MicroscalingFormat.float8E4M3.decode(row: [largest]) == [.infinity])
  }

  @Test("the scale is a power of two from 2^-127 to 2^127, or NaN")
  func powersOfTwo() {
    #expect(PowerOfTwoScale(code: 0).value == 0x1p-127)
    #expect(PowerOfTwoScale(code: 127).value == 1)
    #expect(PowerOfTwoScale(code: 254).value == 0x1p127)
    #expect(PowerOfTwoScale(code: 255).value.isNaN)
    #expect(PowerOfTwoScale(clamping: -1000).code == 0)
    #expect(PowerOfTwoScale(clamping: 1000).code == 254)
  }
}
