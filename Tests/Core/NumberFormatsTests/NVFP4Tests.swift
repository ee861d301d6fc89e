import NumberFormats
import Testing

/// arXiv 2509.25149, appendix C, by hand.
@Suite struct NVFP4Tests {
  @Test("the greatest magnitude of the tensor gets the largest scale and the largest element")
  func greatest() throws {
    // 2688 = 448 * 6: the scale of the tensor is 1.
    let quantizer = NVFP4Quantizer(largestMagnitude: 2688)
    #expect(quantizer.tensorScale == 1)
    let block = try #require(quantizer.encode(row: [2688, -448, 1000, 0]).first)
    // The scale is 448, code 0x7E. -448 / 448 = -1; 1000 / 448 = 2.23 -> 2.
    #expect(block == ScaledBlock(scale: 0x7E, elements: [7, 8 + 2, 4, 0]))
    #expect(quantizer.decode(row: [block]) == [2688, -448, 896, 0])
  }

  @Test("the scale of a block is the e4m3 number nearest to its greatest magnitude / 6")
  func blockScale() throws {
    let quantizer = NVFP4Quantizer(largestMagnitude: 2688)
    // 10 / 6 = 1.667 -> 1.625 (code 0x3D: 2^0 * 1.625); 10 / 1.625 = 6.15 saturates to 6; 5 / 1.625 = 3.08 -> 3.
    let block = try #require(quantizer.encode(row: [10, 5]).first)
    #expect(block == ScaledBlock(scale: 0x3D, elements: [7, 5]))
    #expect(quantizer.decode(row: [block]) == [9.75, 4.875])
  }

  @Test("magnitudes are divided by 6, then multiplied by the scale, as in NVIDIA's reference")
  func order() {
    // Close to midpoints of e4m3, where numpy's single precision gives 7 and 24 in this order, 8 and 23 in the other.
    let quantizer = NVFP4Quantizer(largestMagnitude: 1)
    let largest = [0x3809_2492, 0x390D_B6DB].map { Float(bitPattern: $0) }
    #expect(largest.flatMap { quantizer.encode(row: [$0]).map(\.scale) } == [7, 24])
  }

  @Test("blocks are of 16, and one far smaller than its tensor becomes zero")
  func blocks() {
    // 2^-10 is halfway between 0 and the smallest scale 2^-9, and goes to the even 0.
    let row = [Float](repeating: 2688, count: 16) + [Float](repeating: 6 * 0x1p-10, count: 16) + [1]
    let blocks = NVFP4Quantizer(fitting: [row]).encode(row: row)
    #expect(blocks.map(\.elements.count) == [16, 16, 1])
    #expect(blocks[1].scale == 0)
    #expect(NumberFormat.nvfp4.round(rows: [row])[0][16..<32].allSatisfy { $0 == 0 })
  }

  @Test("the scale of the tensor is one for all rows")
  func rows() {
    #expect(NumberFormat.nvfp4.round(rows: [[2688], [10, 5]]) == [[2688], [9.75, 4.875]])
  }

  @Test("zeros stay zeros, and a NaN or infinity makes its block NaN alone")
  func special() {
    #expect(NumberFormat.nvfp4.round(rows: [[0, -0.0]]) == [[0, 0]])
    #expect(NumberFormat.nvfp4.round(rows: []) == [])
    for value in [Float.nan, .infinity] {
      let row = [value] + [Float](repeating: 1.5, count: 31)
      let rounded = NumberFormat.nvfp4.round(rows: [row])[0]
      #expect(rounded[..<16].allSatisfy { $0.isNaN })
      #expect(rounded[16...].allSatisfy { abs($0 - 1.5) < 1e-6 })
    }
    for largest in [0, -1, Float.nan, .infinity, .leastNonzeroMagnitude] {
      let scale = NVFP4Quantizer(largestMagnitude: largest).tensorScale
      #expect(scale.isFinite && scale > 0, "\(largest)")
    }
  }
}
