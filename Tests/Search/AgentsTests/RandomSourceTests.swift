import Agents
import Testing

@Suite struct RandomSourceTests {
  @Test("xoshiro256** gives the published sequence from the state 1, 2, 3, 4")
  func xoshiro() {
    var source = RandomSource(state: (1, 2, 3, 4))
    // The test vector of the Rust crate rand_xoshiro, made with the authors' C code. The first is
    // rotate(2 * 5, 7) * 9 = 1280 * 9.
    let expected: [UInt64] = [
      11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
    ]
    #expect(expected.map { _ in source.next() } == expected)
  }

  @Test("equal seeds give equal streams, different seeds different ones")
  func seeds() {
    var (one, same, other) = (RandomSource(seed: 7), RandomSource(seed: 7), RandomSource(seed: 8))
    let numbers = (0..<10).map { _ in one.next() }
    #expect(numbers == (0..<10).map { _ in same.next() })
    #expect(numbers != (0..<10).map { _ in other.next() })
  }
}

@Suite struct TruncatedNormalTests {
  // For a standard normal cut at alpha = -mean / sigma and beta = (1 - mean) / sigma, with
  // Z = Phi(beta) - Phi(alpha): mean + sigma * (phi(alpha) - phi(beta)) / Z. Here alpha = 0 and
  // beta = 2: 0.5 * (0.398942 - 0.053991) / 0.477250 = 0.361395; the variance is
  // 0.25 * (1 - 2 * 0.053991 / 0.477250 - 0.722789^2) = 0.062829. At 0.5 it is symmetric.
  @Test(
    "samples lie within 0...1 and have the distribution's mean and variance",
    arguments: [(0.0, 0.5, 0.361395, 0.062829), (1.0, 0.5, 0.638605, 0.062829), (0.5, 0.05, 0.5, 0.0025)])
  func moments(mean: Double, sigma: Double, expectedMean: Double, expectedVariance: Double) {
    var source = RandomSource(seed: 3)
    let normal = TruncatedNormal(mean: mean, sigma: sigma)
    let samples = (0..<20_000).map { _ in normal.sample(from: &source) }
    #expect(samples.allSatisfy { (0...1).contains($0) })
    let average = samples.reduce(0, +) / 20_000
    let variance = samples.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 20_000
    // Five standard errors: sqrt(0.0628 / 20000) is 0.0018.
    #expect(abs(average - expectedMean) < 0.009)
    #expect(abs(variance - expectedVariance) < 0.05 * expectedVariance)
  }
}
