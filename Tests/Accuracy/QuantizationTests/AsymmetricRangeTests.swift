import Core
import Foundation
import Quantization
import RandomNumbers
import Testing

/// Quantizers with a zero point, and the choice of both their ends.
@Suite struct AsymmetricRangeTests {
  @Test("from -0.375 to 5 in 8 bits, by hand")
  func handWorked() {
    // 5.375 / 255 = 0.0210784; 0.375 / 0.0210784 = 17.79, which is nearest to 18; 255 - 18 = 237.
    let round = LinearQuantizer(range: -0.375...5, width: .eight)
    #expect(abs(round.scale - 0.021_078_43) < 1e-8)
    #expect(round.quantizedRange == -18...237)
    #expect(round(0) == 0)
    // -0.375 is 17.79 steps below zero, 5 is 237.2 above it; beyond the ends, values are cut off.
    for (value, steps) in [(-0.375, -18), (5, 237), (-7, -18), (1e30, 237), (0.0105, 0), (0.0106, 1)] {
      #expect(round(Float(value)) == Float(steps) * round.scale, "\(value)")
    }
  }

  @Test("zero is a number of every quantizer, at the end of a range that does not go beyond it")
  func zero() throws {
    let four = try #require(BitWidth(4))
    // 3 / 15 = 0.2.
    #expect(LinearQuantizer(range: 1...3, width: four).quantizedRange == 0...15)
    #expect(LinearQuantizer(range: -3...(-1), width: four).quantizedRange == -15...0)
    #expect(LinearQuantizer(range: -3...0, width: four)(-1) == -1)
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<1000 {
      let ends = (Float.random(in: -9...0, using: &generator), Float.random(in: 0...9, using: &generator))
      let round = LinearQuantizer(range: ends.0...ends.1, width: four)
      #expect(round(0) == 0)
      #expect(round.quantizedRange.upperBound - round.quantizedRange.lowerBound == 15)
      // Rounding the zero point moves an end by up to half a step.
      #expect(abs(round(ends.0) - ends.0) <= 0.5001 * round.scale)
      #expect(abs(round(ends.1) - ends.1) <= 0.5001 * round.scale)
    }
  }

  @Test("ranges that vanish or are as long as floats reach keep scales that can be divided by")
  func extremes() throws {
    let largest = Float.greatestFiniteMagnitude
    for range in [
      0...0, -Float.leastNonzeroMagnitude...0, 0...Float.leastNonzeroMagnitude, -largest...largest,
      -largest...1, -1...largest,
    ] {
      for bits in [2, 8, 16] {
        let round = LinearQuantizer(range: range, width: try #require(BitWidth(bits)))
        #expect(round.scale.isFinite && (1 / round.scale).isFinite && round(0) == 0)
      }
    }
  }

  /// Hard-swish of roughly normal values: at least -0.375, and none above 0 where many are below.
  private func skewed(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let x = 2 * (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0...1, using: &generator) }
      return x * min(max(x + 3, 0), 6) / 6
    }
  }

  private func counted(_ values: [Float], _ range: ActivationRange = .asymmetric) -> CountedValues {
    var counted = CountedValues(range: values.min()!...values.max()!, range)
    counted.magnitudes.add(values)
    counted.above?.add(values.filter { $0 > 0 })
    return counted
  }

  private func squaredError(_ quantizer: LinearQuantizer, _ values: [Float]) -> Double {
    values.reduce(0) { $0 + pow(Double(quantizer($1) - $1), 2) }
  }

  @Test(
    "the least squared error is that of trying every pair of ends on every value", arguments: [2, 3, 4, 6])
  func everyPair(bits: Int) throws {
    let width = try #require(BitWidth(bits))
    let values = skewed(3000, seed: UInt64(bits))
    let counted = counted(values)
    let found = ActivationQuantizers(of: counted, by: .meanSquaredError).quantizer(width: width)
    let shares = (0...32).map { Float($0) / 32 }
    var least = Double.infinity
    for (lower, upper) in shares.flatMap({ lower in shares.map { (lower, $0) } }) where lower + upper > 0 {
      let ends = counted.range.lowerBound * lower...counted.range.upperBound * upper
      least = min(least, squaredError(LinearQuantizer(range: ends, width: width), values))
    }
    // Where in its bin a value lies is not known.
    #expect(squaredError(found, values) <= 1.05 * least)
    // And a zero point gains: a symmetric range has no use for half of its quantized values.
    let symmetric = ActivationQuantizers(of: self.counted(values, .symmetric), by: .meanSquaredError)
    #expect(squaredError(found, values) < 0.6 * squaredError(symmetric.quantizer(width: width), values))
  }

  @Test("values that are never negative have the quantizer that they have without a zero point")
  func unsigned() throws {
    let values = skewed(500, seed: 2).map(abs)
    for rule in [ClippingRule.kullbackLeibler, .meanSquaredError, .percentile(99), .maximum] {
      let quantizers = [ActivationRange.symmetric, .asymmetric].map {
        ActivationQuantizers(of: counted(values, $0), by: rule).quantizer(width: .eight)
      }
      #expect(quantizers[0] == quantizers[1] && quantizers[0].quantizedRange == 0...255)
    }
  }

  @Test("max keeps both ends, and percentiles leave out as much at each")
  func fixed() {
    // Bins of width 1: 6 values in [-2, -1), 10 in [-1, 0), 20 in (0, 1], 60 in (1, 2], 4 in (3, 4].
    let histogram = TwoSidedHistogram(
      below: MagnitudeHistogram(top: 4, counts: [10, 6, 0, 0]),
      above: MagnitudeHistogram(top: 4, counts: [20, 60, 0, 4]), range: -1.75...4)
    #expect(
      RangeClipping(histogram, by: .maximum).quantizer(width: .eight)
        == LinearQuantizer(range: -1.75...4, width: .eight))
    // 94 %: 3 of 100 at each end. Below, half of those beyond -1; above, three quarters of those beyond 3.
    let range = histogram.percentile(94)
    #expect(abs(range.lowerBound + 1.5) < 1e-6 && abs(range.upperBound - 3.25) < 1e-6)
    #expect(histogram.percentile(100) == -1.75...4)
    // 60 %: 20 at each end are more than there are below zero.
    #expect(histogram.percentile(60).lowerBound == 0)
    // Half of the values at each end are all; the quantizer is one all the same.
    let even = MagnitudeHistogram(top: 4, counts: [10, 0])
    let nothing = RangeClipping(
      TwoSidedHistogram(below: even, above: even, range: -2...2), by: .percentile(1e-300)
    ).quantizer(width: .eight)
    #expect(nothing.scale > 0 && nothing(0) == 0)
  }

  /// KL(P || Q) as literally as it can be written, with P over the bins of both sides.
  private func divergence(_ below: [Int64], _ above: [Int64], step: Double, _ levels: (Int, Int)) -> Double {
    let bins =
      below.enumerated().map { (-(Double($0) + 0.5), $1) } + above.enumerated().map { (Double($0) + 0.5, $1) }
    // Half-way centres go away from zero.
    let points = bins.map { min(max(($0.0 / step).rounded(), Double(-levels.0)), Double(levels.1)) }
    let total = Double(bins.reduce(0) { $0 + $1.1 })
    return bins.indices.filter { bins[$0].1 > 0 }.reduce(0) { sum, bin in
      let companions = bins.indices.filter { points[$0] == points[bin] && bins[$0].1 > 0 }
      let share = Double(companions.reduce(0) { $0 + bins[$1].1 }) / Double(companions.count)
      return sum + Double(bins[bin].1) / total * log(Double(bins[bin].1) / share)
    }
  }

  @Test("the divergence is that of the definition, with the values that become zero from both sides")
  func divergences() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<40 {
      let sides = (0..<2).map { _ in
        (0..<24).map { _ in max(0, Int64.random(in: -4...9, using: &generator)) }
      }
      let histogram = TwoSidedHistogram(
        below: MagnitudeHistogram(top: 24, counts: sides[0]),
        above: MagnitudeHistogram(top: 24, counts: sides[1]), range: -24...24)
      for (step, levels) in [
        (3.7, (2, 5)), (0.4, (20, 43)), (9.1, (0, 3)), (2.3, (6, 0)), (0.01, (700, 900)),
      ] {
        let found = TwoSidedDivergence(histogram)(
          step: step / 24, levelsBelow: levels.0, levelsAbove: levels.1)
        let expected = divergence(sides[0], sides[1], step: step, levels)
        #expect(abs(found - expected) < 1e-9 * max(1, expected), "\(step) \(levels)")
      }
    }
  }

  @Test("without values below zero, the divergence is that of one side")
  func oneSide() {
    let counts = (0..<128).map { Int64(1000 * exp(-Double($0 * $0) / 900)) + Int64($0 % 3) }
    let above = MagnitudeHistogram(top: 2, counts: counts)
    let empty = MagnitudeHistogram(top: 2)
    let both = TwoSidedDivergence(TwoSidedHistogram(below: empty, above: above, range: 0...2))
    // No centre is half-way between two quantized values.
    for (end, levels) in [(128, 15), (76, 15), (40, 255), (4, 7)] {
      let expected = KullbackLeiblerClipping(above).divergence(clippingAt: end, positiveLevels: levels)
      let step = Double(end) / 128 / Double(levels)
      #expect(abs(both(step: step, levelsBelow: 0, levelsAbove: levels) - expected) < 1e-9)
    }
  }

  @Test("few bits clip the long tail of a skewed distribution away")
  func kullbackLeibler() throws {
    let values = skewed(20_000, seed: 6) + [60]
    let round = ActivationQuantizers(of: counted(values), by: .kullbackLeibler).quantizer(
      width: try #require(BitWidth(4)))
    #expect(round.quantizedRange.upperBound * round.scale < 30)
    #expect(round.quantizedRange.upperBound - round.quantizedRange.lowerBound == 15)
  }
}
