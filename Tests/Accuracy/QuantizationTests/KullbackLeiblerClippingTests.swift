import Foundation
import Quantization
import Testing

@Suite struct KullbackLeiblerClippingTests {
  /// Numbers that do not change from run to run: Numerical Recipes' linear congruential generator.
  private struct Dice {
    var state: UInt64

    mutating func roll() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
  }

  /// Bell-shaped, sparse, flat and long-tailed histograms in turn.
  private func histogram(_ kind: Int, bins: Int, dice: inout Dice) -> [Int64] {
    (0..<bins).map { bin in
      let place = Double(bin) / Double(bins)
      return switch kind % 4 {
      case 0: Int64(10_000 * exp(-place * place * 12) * dice.roll())
      case 1: dice.roll() < 0.3 || bin == bins / 2 ? Int64(1 + 100 * dice.roll()) : 0
      case 2: Int64(50 * dice.roll())
      default: Int64(3000 / (1 + 200 * place) * dice.roll())
      }
    }
  }

  @Test("the divergence of every candidate is that of the definition", arguments: 0..<24)
  func divergences(seed: Int) {
    var dice = Dice(state: UInt64(seed) &* 977 &+ 1)
    let bins = [12, 20, 32, 48][seed / 4 % 4]
    let twin = DivergenceTwin(counts: histogram(seed, bins: bins, dice: &dice), top: 3)
    let clipping = KullbackLeiblerClipping(MagnitudeHistogram(top: twin.top, counts: twin.counts))
    for levels in [1, 3, 15, 127, 1000] {
      for end in twin.candidates() {
        let expected = twin.divergence(end, levels)
        let found = clipping.divergence(clippingAt: end, positiveLevels: levels)
        #expect(abs(found - expected) < 1e-9 * max(1, expected), "\(end) of \(bins) bins, \(levels) levels")
      }
    }
  }

  @Test("the clip is the candidate of least divergence", arguments: 0..<24)
  func choice(seed: Int) {
    var dice = Dice(state: UInt64(seed) &* 31 &+ 7)
    let bins = [16, 24, 32, 48][seed / 4 % 4]
    let twin = DivergenceTwin(counts: histogram(seed, bins: bins, dice: &dice), top: 2.5)
    let clipping = KullbackLeiblerClipping(MagnitudeHistogram(top: twin.top, counts: twin.counts))
    for levels in [1, 3, 15, 127] {
      let clip = clipping.clip(positiveLevels: levels)
      let chosen = Int((Double(clip / twin.top) * Double(bins)).rounded())
      #expect(twin.candidates().contains(chosen))
      // Two candidates may tie but for rounding; then either is right.
      let least = twin.candidates().map { twin.divergence($0, levels) }.min()!
      #expect(twin.divergence(chosen, levels) < least + 1e-9)
    }
  }

  @Test("few bits clip a long tail away, many bits keep it")
  func tail() {
    // A bell and far outliers: the coarse quantizer spends its values on the bell.
    var counts = (0..<2048).map { Int64(100_000 * exp(-pow(Double($0) / 200, 2))) }
    counts[2047] = 1
    let clipping = KullbackLeiblerClipping(MagnitudeHistogram(top: 1, counts: counts))
    #expect(clipping.clip(positiveLevels: 3) < 0.5)
    #expect(clipping.clip(positiveLevels: 3) < clipping.clip(positiveLevels: 2047))
  }

  @Test("a histogram without counts keeps its whole range")
  func empty() {
    let clipping = KullbackLeiblerClipping(MagnitudeHistogram(top: 4))
    #expect(clipping.clip(positiveLevels: 7) == 4)
  }

  @Test("one occupied bin: every clip loses nothing, so nothing is clipped")
  func single() {
    var counts = Array(repeating: Int64(0), count: 256)
    counts[99] = 12
    let clipping = KullbackLeiblerClipping(MagnitudeHistogram(top: 2.56, counts: counts))
    #expect(clipping.clip(positiveLevels: 15) == 2.56)
  }

  @Test("with a quantized value for every bin nothing is lost, so the divergence is zero")
  func finest() {
    let counts: [Int64] = [5, 0, 3, 9, 1, 1, 4, 2]
    let clipping = KullbackLeiblerClipping(MagnitudeHistogram(top: 1, counts: counts))
    for levels in [16, 255, 65_535] {
      #expect(abs(clipping.divergence(clippingAt: 8, positiveLevels: levels)) < 1e-12)
    }
  }

  @Test("the histogram counts magnitudes, leaves zeros out and puts what is above the top into the last bin")
  func counting() {
    var histogram = MagnitudeHistogram(top: 4, counts: [0, 0, 0, 0])
    histogram.add([0, -0.0, 0.5, -0.5, 1, 2.9, -3, 4, 17])
    #expect(histogram.counts == [2, 1, 1, 3])
  }

  @Test("a histogram of a vanishing range counts like any other")
  func vanishing() {
    let tiny = Float.leastNonzeroMagnitude
    var histogram = MagnitudeHistogram(top: 4000 * tiny, counts: [0, 0, 0, 0])
    histogram.add([0, 500 * tiny, -1500 * tiny, 4000 * tiny])
    #expect(histogram.counts == [1, 1, 0, 1])
  }
}
