import NumberFormats
import Testing

@Suite struct IntegerGroupTests {
  @Test("a group's greatest magnitude is the largest integer, and its scale an fp16")
  func scale() throws {
    let format = try group(4, .inputs32)
    // 3.5 / 7 = 0.5, 0x3800 in fp16; 0.75 / 0.5 = 1.5 goes to the even 2, -0.25 / 0.5 = -0.5 to 0.
    let block = try #require(format.encode(row: [3.5, 0.75, -0.25, -3.5]).first)
    #expect(block == ScaledBlock(scale: 0x3800, elements: [7, 2, 0, 16 - 7]))
    #expect(format.decode(row: [block]) == [3.5, 1, 0, -3.5])
  }

  @Test("groups have the length that the name says")
  func lengths() throws {
    for length in IntegerGroupFormat.Length.allCases {
      let row = [Float](repeating: 7, count: length.rawValue) + [14]
      let groups = try group(4, length).encode(row: row)
      #expect(groups.map(\.elements.count) == [length.rawValue, 1])
      #expect(groups.map(\.scale) == [0x3C00, 0x4000])
    }
  }

  @Test("zeros have the scale 0; a NaN or infinity makes its group NaN; tiny and huge values have a scale")
  func special() throws {
    let format = try group(8, .inputs32)
    #expect(format.encode(row: [0, 0]).map(\.scale) == [0])
    #expect(format.decode(row: format.encode(row: [0, 0])) == [0, 0])
    #expect(format.decode(row: format.encode(row: [1, .nan])).allSatisfy { $0.isNaN })
    #expect(format.decode(row: format.encode(row: [1, -.infinity])).allSatisfy { $0.isNaN })
    #expect(format.encode(row: [.leastNonzeroMagnitude]).map(\.scale) == [1])
    #expect(format.decode(row: format.encode(row: [1e30])) == [127 * 65504])
  }

  @Test("one bit has no symmetric integers, so that groups begin at two")
  func oneBit() throws {
    let bit = try #require(IntegerFormat(bits: 1))
    #expect(IntegerGroupFormat(bit, length: .inputs32) == nil)
    #expect(try group(2, .inputs32).range == -1...1)
    #expect(try group(16, .inputs32).range == -32767...32767)
  }

  private func group(_ bits: Int, _ length: IntegerGroupFormat.Length) throws -> IntegerGroupFormat {
    let integer = try #require(IntegerFormat(bits: bits))
    return try #require(IntegerGroupFormat(integer, length: length))
  }
}
