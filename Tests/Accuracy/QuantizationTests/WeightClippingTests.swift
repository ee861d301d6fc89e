import Core
import Quantization
import Testing

@Suite struct WeightClippingTests {
  /// 64 values spread over -1...1, largest magnitude 1.
  private let shape: [Float] = (0..<64).map { Float($0 * 37 % 64 - 32) / 32 }

  private func quantizers(
    _ rows: [[Float]], bits: Int = 4, _ granularity: WeightGranularity
  ) throws -> [LinearQuantizer] {
    WeightClipping.quantizers(
      for: rows.flatMap { $0 }, rows: rows.count, width: try #require(BitWidth(bits)),
      granularity: granularity)
  }

  @Test("per channel, each row's scale is in proportion to its largest weight")
  func proportion() throws {
    let factors: [Float] = [1, 0.25, 8, 0.001]
    for bits in [2, 4, 8] {
      let found = try quantizers(factors.map { factor in shape.map { $0 * factor } }, bits: bits, .perChannel)
      #expect(found.count == 4)
      for (quantizer, factor) in zip(found, factors) {
        #expect(abs(quantizer.scale / (found[0].scale * factor) - 1) < 1e-5)
        #expect(quantizer.quantizedRange == found[0].quantizedRange)
      }
    }
  }

  @Test("per tensor, all rows share the scale of the largest")
  func tensor() throws {
    let found = try quantizers([shape, shape.map { $0 * 8 }], .perTensor)
    #expect(found.count == 2)
    #expect(found[0] == found[1])
    #expect(found[0].scale * 7 <= 8)
    #expect(found[0].scale * 7 > 1)
  }

  @Test("a row of zeros stays zero and does not move the others")
  func zeros() throws {
    let alone = try quantizers([shape], .perChannel)
    let found = try quantizers([Array(repeating: 0, count: 64), shape], .perChannel)
    #expect(found[1] == alone[0])
    #expect(found[0](0) == 0)
    // The unit quantizer: clip 1 over 7 levels.
    #expect(found[0].scale == 1 / Float(7))
  }

  @Test("a layer of zeros has a quantizer", arguments: WeightGranularity.allCases)
  func allZeros(_ granularity: WeightGranularity) throws {
    let found = try quantizers([[0, 0], [0, 0]], granularity)
    #expect(found.map { $0(0) } == [0, 0])
    #expect(found.allSatisfy { $0.scale > 0 && $0.scale.isFinite })
  }

  @Test("no clip is beyond the largest weight, whatever the width", arguments: 2...16)
  func bounds(bits: Int) throws {
    for quantizer in try quantizers([shape, shape.map { $0 * 3 }], bits: bits, .perTensor) {
      #expect(quantizer.scale * quantizer.quantizedRange.upperBound <= 3 * (1 + 1e-6))
    }
  }

  @Test("weights that have all but died leave the others' quantizers alone")
  func vanishing() throws {
    let found = try quantizers(
      [shape.map { $0 * 1000 * .leastNonzeroMagnitude }, shape], bits: 8, .perChannel)
    #expect(found.allSatisfy { (1 / $0.scale).isFinite })
    #expect(found[1].scale <= 1 / Float(127))
  }
}
