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
      let grids = try quantizers(factors.map { factor in shape.map { $0 * factor } }, bits: bits, .perChannel)
      #expect(grids.count == 4)
      for (grid, factor) in zip(grids, factors) {
        #expect(abs(grid.scale / (grids[0].scale * factor) - 1) < 1e-5)
        #expect(grid.codes == grids[0].codes)
      }
    }
  }

  @Test("per tensor, all rows share the scale of the largest")
  func tensor() throws {
    let grids = try quantizers([shape, shape.map { $0 * 8 }], .perTensor)
    #expect(grids.count == 2)
    #expect(grids[0] == grids[1])
    #expect(grids[0].scale * 7 <= 8)
    #expect(grids[0].scale * 7 > 1)
  }

  @Test("a row of zeros stays zero and does not move the others")
  func zeros() throws {
    let alone = try quantizers([shape], .perChannel)
    let grids = try quantizers([Array(repeating: 0, count: 64), shape], .perChannel)
    #expect(grids[1] == alone[0])
    #expect(grids[0](0) == 0)
    // The unit grid: clip 1 over 7 levels.
    #expect(grids[0].scale == 1 / Float(7))
  }

  @Test("a layer of zeros has a grid", arguments: WeightGranularity.allCases)
  func allZeros(_ granularity: WeightGranularity) throws {
    let grids = try quantizers([[0, 0], [0, 0]], granularity)
    #expect(grids.map { $0(0) } == [0, 0])
    #expect(grids.allSatisfy { $0.scale > 0 && $0.scale.isFinite })
  }

  @Test("no clip is beyond the largest weight, whatever the width", arguments: 2...16)
  func bounds(bits: Int) throws {
    for grid in try quantizers([shape, shape.map { $0 * 3 }], bits: bits, .perTensor) {
      #expect(grid.scale * grid.codes.upperBound <= 3 * (1 + 1e-6))
    }
  }

  @Test("weights that have all but died leave the others' grids alone")
  func vanishing() throws {
    let grids = try quantizers(
      [shape.map { $0 * 1000 * .leastNonzeroMagnitude }, shape], bits: 8, .perChannel)
    #expect(grids.allSatisfy { (1 / $0.scale).isFinite })
    #expect(grids[1].scale <= 1 / Float(127))
  }
}
