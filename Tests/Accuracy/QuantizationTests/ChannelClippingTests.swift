import Core
import Quantization
import Testing

@Suite("clips of single channels")
struct ChannelClippingTests {
  private func error(_ quantizer: LinearQuantizer, _ values: [Float]) -> Float {
    values.reduce(0) { $0 + (quantizer($1) - $1) * (quantizer($1) - $1) }
  }

  @Test("each channel has its own clip, and never a worse one than none")
  func ownClips() throws {
    // At 2 bits the quantized values are -1, 0 and 1. The first channel lies on them unclipped. In the second, 16 weights of
    // 0.5 beside one of 1 want a clip c with 16 (c - 0.5)^2 + (c - 1)^2 least: c = 9 / 17 = 0.529, and 0.53 is tried.
    let first: [Float] = [1, -1, 1, 0] + Array(repeating: 0, count: 13)
    let second: [Float] = [1] + Array(repeating: 0.5, count: 16)
    let found = ChannelClipping.quantizers(
      for: first + second + Array(repeating: 0, count: 17), rows: 3, width: try #require(BitWidth(2)))
    #expect(found.count == 3)
    #expect(found[0].scale == 1 && abs(found[1].scale - 0.53) < 1e-6 && found[2].scale == 1)
    #expect(found.allSatisfy { $0.quantizedRange == -1...1 })
    for bits in 2...8 {
      let width = try #require(BitWidth(bits))
      let quantizer = ChannelClipping.quantizers(for: second, rows: 1, width: width)[0]
      let unclipped = LinearQuantizer(clip: 1, width: width, signedness: .signed)
      #expect(error(quantizer, second) <= error(unclipped, second))
    }
  }
}
