import Core
import Foundation
import Quantization
import RandomNumbers
import Testing

@Suite struct ClippingRuleTests {
  @Test("rules are read as they are written")
  func text() {
    for text in ["kl", "mse", "max", "percentile:99.5"] { #expect(ClippingRule(text)?.description == text) }
    #expect(ClippingRule("percentile") == .percentile(99.9))
    for text in ["", "KL", "percentile:", "percentile:0", "percentile:101", "percentile:nan", "min"] {
      #expect(ClippingRule(text) == nil)
    }
  }

  @Test("percentiles by hand")
  func percentiles() {
    // Ten bins of width 1: 4 values in (0, 1], 4 in (1, 2], 2 in (9, 10].
    let histogram = MagnitudeHistogram(top: 10, counts: [4, 4, 0, 0, 0, 0, 0, 0, 0, 2])
    #expect(histogram.percentile(100) == 10)
    // 80 % are the first eight: the end of the second bin.
    #expect(abs(histogram.percentile(80) - 2) < 1e-6)
    // 60 % are six: half-way through the second bin. 90 %: half-way through the last.
    #expect(abs(histogram.percentile(60) - 1.5) < 1e-6)
    #expect(abs(histogram.percentile(90) - 9.5) < 1e-6)
    // 10 % is one of the four values of the first bin.
    #expect(abs(histogram.percentile(10) - 0.25) < 1e-6)
    #expect(MagnitudeHistogram(top: 3).percentile(50) == 3)
    #expect(MagnitudeHistogram(top: 1, counts: [1, 0]).percentile(1e-300) > 0)
  }

  @Test("merged bins count what coarse bins would have")
  func merging() {
    let values = bell(3000, seed: 3)
    let top = values.map(abs).max()!
    var (fine, coarse) = (
      MagnitudeHistogram(top: top, counts: Array(repeating: 0, count: 2048)), MagnitudeHistogram(top: top)
    )
    fine.add(values)
    coarse.add(values)
    #expect(fine.merged(to: 128) == coarse)
  }

  /// Sums of twelve uniform numbers: roughly normal, variance 1.
  private func bell(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0...1, using: &generator) }
    }
  }

  /// The mean squared error of rounding every single value, of each of 128 clips.
  private func errors(_ values: [Float], top: Float, bits: Int, _ signedness: LinearQuantizer.Signedness)
    -> [Double]
  {
    (1...128).map { candidate in
      let quantizer = LinearQuantizer(
        clip: top * Float(candidate) / 128, width: BitWidth(bits)!, signedness: signedness)
      return values.reduce(0) { $0 + pow(Double(quantizer($1) - $1), 2) } / Double(values.count)
    }
  }

  @Test("the least squared error is that of trying every clip on every value", arguments: [2, 3, 4, 6, 8])
  func squaredError(bits: Int) {
    for signedness in [LinearQuantizer.Signedness.signed, .unsigned] {
      let values = bell(4000, seed: UInt64(bits)).map { signedness == .signed ? $0 : abs($0) }
      let top = values.map(abs).max()!
      var histogram = MagnitudeHistogram(
        top: top, counts: Array(repeating: 0, count: MagnitudeHistogram.countedBins))
      histogram.add(values)
      let levels = LinearQuantizer.positiveLevels(BitWidth(bits)!, signedness)
      let clip = HistogramClipping(histogram, by: .meanSquaredError).clip(positiveLevels: levels)
      let tried = errors(values, top: top, bits: bits, signedness)
      let found = tried[Int((clip / top * 128).rounded()) - 1]
      // Where in its bin a value lies is not known, so a neighbour of the best clip may be taken.
      #expect(found <= tried.min()! * 1.01)
    }
  }

  @Test("the squared error of evenly spread values, by hand")
  func integral() {
    // 300 values spread over (0, 3], clip 2, one level: steps of 2. t^2 up to 1: 1/3; (t - 2)^2 from 1 to 3: 2/3. Mean 1/3.
    let clipping = SquaredErrorClipping(MagnitudeHistogram(top: 3, counts: [100, 100, 100]))
    // In units of the squared top, 9.
    #expect(abs(clipping.error(clippingAt: 2.0 / 3, positiveLevels: 1) - 300 * (1.0 / 3) / 9) < 1e-9)
    // Clip 3, three levels: every step of 1 has a mean squared error of 1/12.
    #expect(abs(clipping.error(clippingAt: 1, positiveLevels: 3) - 300 * (1.0 / 12) / 9) < 1e-9)
  }

  @Test("rules order clips as they should on a distribution with one far value")
  func order() {
    var histogram = MagnitudeHistogram(
      top: 100, counts: Array(repeating: 0, count: MagnitudeHistogram.countedBins))
    histogram.add(bell(20_000, seed: 8) + [100])
    func clip(_ rule: ClippingRule) -> Float {
      HistogramClipping(histogram, by: rule).clip(positiveLevels: 127)
    }
    #expect(clip(.maximum) == 100)
    #expect(clip(.percentile(99.9)) < 5)
    #expect(clip(.percentile(50)) < clip(.percentile(99.9)))
    #expect(clip(.meanSquaredError) < 100)
    #expect(
      HistogramClipping(histogram, by: .kullbackLeibler).clip(positiveLevels: 127)
        == KullbackLeiblerClipping(histogram.merged(to: 128)).clip(positiveLevels: 127))
  }

  @Test("weights are clipped by the rule, per channel and per tensor", arguments: WeightGranularity.allCases)
  func weights(_ granularity: WeightGranularity) throws {
    let rows: [Float] = [1, -2, 4, 0.5, 0.25, 8]
    let quantizers = WeightClipping.quantizers(
      for: rows, rows: 2, width: .eight, granularity: granularity, rule: .maximum)
    // Largest magnitudes by row: 4 and 8.
    #expect(quantizers.map { $0.scale * 127 } == (granularity == .perChannel ? [4, 8] : [8, 8]))
  }
}
