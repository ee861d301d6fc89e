import NumberFormats
import RandomNumbers
import Testing

/// Scales and elements of random blocks, code for code as gfloat 0.5.2 (microscaling), NVIDIA's formulas (NVFP4) and
/// numpy (integer groups) give them; `Reference/blocks.py`.
@Suite struct BlockReferenceTests {
  @Test("the blocks of random tensors have the scales and codes of other programs")
  func blocks() throws {
    let lines = try Reference.fingerprints("blocks")
    #expect(lines.count == MicroscalingFormat.allCases.count + 1 + 4)
    for line in lines {
      let format = try NumberFormat(line[0])
      let numbers = line[1...3].compactMap { Int($0) }
      try #require(numbers.count == 3)
      var generator = SeededGenerator(seed: UInt64(numbers[2]))
      var fingerprint = Fingerprint()
      for _ in 0..<numbers[0] {
        let length = try #require(format.blockLength)
        let row = generator.row(blocks: numbers[1], length: length)
        for block in try encoded(row, as: format) {
          fingerprint.add(block.scale)
          for element in block.elements { fingerprint.add(element) }
        }
      }
      #expect(fingerprint.text == line[4], "\(format)")
    }
  }

  private func encoded(_ row: [Float], as format: NumberFormat) throws -> [ScaledBlock] {
    switch format {
    case .microscaling(let format): format.encode(row: row)
    case .integerGroups(let format): format.encode(row: row)
    case .nvfp4: NVFP4Quantizer(fitting: [row]).encode(row: row)
    case .integer, .floating: try #require(nil, "\(format) has no blocks")
    }
  }
}
