import Core
import Quantization
import Testing

@Suite struct LinearQuantizerTests {
  @Test("a signed 3-bit quantizer up to 6 has the numbers -6, -4 ... 6")
  func signed() throws {
    // 2^(3-1) - 1 = 3 points above zero, 6 / 3 = 2 apart.
    let round = LinearQuantizer(clip: 6, width: try #require(BitWidth(3)), signedness: .signed)
    #expect(round.scale == 2)
    #expect(round.quantizedRange == -3...3)
    #expect([-6, -4, -2, 0, 2, 4, 6].map { round($0) } == [-6, -4, -2, 0, 2, 4, 6])
    #expect([0.9, 1.1, -0.9, -1.1, 2.9, 3.1].map { round($0) } == [0, 2, 0, -2, 2, 4])
  }

  @Test("an unsigned 2-bit quantizer up to 1.5 has the numbers 0, 0.5, 1 and 1.5, and nothing below zero")
  func unsigned() throws {
    // 2^2 - 1 = 3 points above zero, 1.5 / 3 = 0.5 apart.
    let round = LinearQuantizer(clip: 1.5, width: try #require(BitWidth(2)), signedness: .unsigned)
    #expect(round.scale == 0.5)
    #expect(round.quantizedRange == 0...3)
    #expect([-3, -0.1, 0, 0.3, 0.6, 0.8, 1.4, 1.5].map { round($0) } == [0, 0, 0, 0.5, 0.5, 1, 1.5, 1.5])
  }

  @Test("halfway values go to the even quantized value, as IEEE 754 rounds")
  func ties() throws {
    // Scale 1: 7 / (2^3 - 1).
    let round = LinearQuantizer(clip: 7, width: try #require(BitWidth(4)), signedness: .signed)
    #expect([0.5, 1.5, 2.5, 3.5, 4.5].map { round($0) } == [0, 2, 2, 4, 4])
    #expect([-0.5, -1.5, -2.5, -3.5].map { round($0) } == [0, -2, -2, -4])
  }

  @Test("values beyond the clip become the clip")
  func clamping() throws {
    let round = LinearQuantizer(clip: 7, width: try #require(BitWidth(4)), signedness: .signed)
    #expect([7.4, 8, 1e30, .infinity].map { round($0) } == [7, 7, 7, 7])
    #expect([-7.4, -8, -1e30, -.infinity].map { round($0) } == [-7, -7, -7, -7])
  }

  @Test("one unsigned bit says zero or the clip; the tie at half the clip goes to zero")
  func oneBit() throws {
    let round = LinearQuantizer(clip: 4, width: try #require(BitWidth(1)), signedness: .unsigned)
    #expect([-1, 0, 1.9, 2, 2.1, 4, 9].map { round($0) } == [0, 0, 0, 0, 4, 4, 4])
  }

  @Test("levels above zero by width")
  func levels() throws {
    let eight = BitWidth.eight
    #expect(LinearQuantizer.positiveLevels(eight, .signed) == 127)
    #expect(LinearQuantizer.positiveLevels(eight, .unsigned) == 255)
    let two = try #require(BitWidth(2))
    #expect(LinearQuantizer.positiveLevels(two, .signed) == 1)
    let sixteen = try #require(BitWidth(16))
    #expect(LinearQuantizer.positiveLevels(sixteen, .signed) == 32_767)
    #expect(LinearQuantizer.positiveLevels(sixteen, .unsigned) == 65_535)
  }

  @Test("one signed bit would have no point above zero, so signed widths begin at 2")
  func widths() {
    #expect(LinearQuantizer.Signedness.signed.widths == 2...16)
    #expect(LinearQuantizer.Signedness.unsigned.widths == 1...16)
  }

  @Test("the steps of a vanishing range stay numbers that can be divided by")
  func vanishing() throws {
    // Trained channels that have died hold weights like these.
    let tiny = Float.leastNonzeroMagnitude
    for clip in [tiny, 9 * tiny, 1e6 * tiny, .leastNormalMagnitude, 1000 * .leastNormalMagnitude] {
      let round = LinearQuantizer(clip: clip, width: .eight, signedness: .signed)
      #expect((1 / round.scale).isFinite)
      #expect(round(0) == 0)
      #expect(abs(round(clip) - clip) <= round.scale / 2)
      #expect(round(1) <= max(clip * 1.001, 127 * .leastNormalMagnitude))
    }
  }
}
