import Foundation

/// The normal distribution of mean 0 and variance 1.
public enum StandardNormal {
  /// The number that a value is below with this probability, to about 1e-12.
  ///
  /// - Precondition: 0 < probability < 1.
  public static func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1)
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if erfc(-middle / 2.0.squareRoot()) / 2 < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
