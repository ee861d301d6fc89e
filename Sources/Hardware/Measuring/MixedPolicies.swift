public import Core
import RandomNumbers

/// Policies to run whole networks under, so that costs between layers can be distinguished from those of layers.
public enum MixedPolicies {
  /// In half of the mixes, a layer mostly has the precision of the one before, as searched policies do.
  private static let sticky = 0.85

  /// How often a mix that there is already is drawn anew.
  private static let tries = 100

  /// Every layer at one precision, for each of them, and then `mixes` random ones, each once; fewer where the layers hardly
  /// have more.
  ///
  /// In a mix, each precision has a random share of the layers.
  public static func policies(
    layerCount: Int, precisions: [Precision], mixes: Int, seed: UInt64
  ) -> [Policy] {
    var random = RandomSource(seed: seed)
    var policies = precisions.map { Policy.uniform($0, layerCount: layerCount) }
    guard precisions.count > 1 else { return policies }
    for number in 0..<mixes {
      let stay = number.isMultiple(of: 2) ? 0 : sticky
      for _ in 0..<tries {
        let policy = mix(layerCount, precisions, stay: stay, &random)
        guard policies.contains(policy) else {
          policies.append(policy)
          break
        }
      }
    }
    return policies
  }

  /// - Parameter stay: The probability that a layer has the precision of the one before, whatever is drawn.
  private static func mix(
    _ layerCount: Int, _ precisions: [Precision], stay: Double, _ random: inout RandomSource
  ) -> Policy {
    let weights = precisions.map { _ in 0.1 + random.uniform() }
    var chosen: [Precision] = []
    for _ in 0..<layerCount {
      if let last = chosen.last, random.uniform() < stay {
        chosen.append(last)
      } else {
        chosen.append(precisions[drawn(weights, &random)])
      }
    }
    return Policy(chosen)
  }

  /// A position, with a probability of its weight's share.
  private static func drawn(_ weights: [Double], _ random: inout RandomSource) -> Int {
    var rest = random.uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.count - 1
  }
}
