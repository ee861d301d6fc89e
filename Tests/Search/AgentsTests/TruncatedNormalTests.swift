import Agents
import RandomNumbers
import Testing

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
