internal import Foundation
public import RandomNumbers

/// A normal distribution conditioned on lying within 0...1: the agent's exploration.
public struct TruncatedNormal: Hashable, Sendable {
  /// The mean and standard deviation before truncation.
  public var mean: Double
  public var sigma: Double

  /// - Precondition: `mean` is within 0...1 and `sigma` is positive.
  public init(mean: Double, sigma: Double) {
    precondition((0...1).contains(mean) && sigma > 0)
    self.mean = mean
    self.sigma = sigma
  }

  /// One sample, always within 0...1.
  ///
  /// Draws normals until one lies inside. With the mean inside and sigma at most 1/2, at
  /// least 47 % do; a wider sigma only costs more draws.
  public func sample(from source: inout RandomSource) -> Double {
    while true {
      let sample = mean + sigma * standardNormal(from: &source)
      if (0...1).contains(sample) { return sample }
    }
  }

  /// Box and Muller's transform, of which one of the two normals is used.
  private func standardNormal(from source: inout RandomSource) -> Double {
    let radius = (-2 * log(1 - source.uniform())).squareRoot()
    return radius * cos(2 * Double.pi * source.uniform())
  }
}
