import Foundation

/// An accuracy that a policy must reach to matter, and how often a policy that reaches it may be given up by mistake.
public struct AccuracyBar: Hashable, Sendable {
  /// A share in 0...1.
  public var accuracy: Double
  /// The highest probability of stopping a policy whose accuracy on all samples reaches the threshold; 0 stops only when it is certain.
  public var errorRate: Double

  /// - Precondition: both are within 0...1, the error rate below 1.
  public init(accuracy: Double, errorRate: Double) {
    precondition((0...1).contains(accuracy) && (0..<1).contains(errorRate))
    self.accuracy = accuracy
    self.errorRate = errorRate
  }
}

extension AccuracyBar: Codable {
  private enum CodingKeys: String, CodingKey {
    case accuracy
    case errorRate
  }

  /// Throws `ImpossibleFigure` for numbers that no bar has.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let (accuracy, errorRate) = (
      try container.decode(Double.self, forKey: .accuracy),
      try container.decode(Double.self, forKey: .errorRate)
    )
    guard (0...1).contains(accuracy) else {
      throw ImpossibleFigure("the accuracy of a bar", accuracy, allowed: "0 to 1")
    }
    guard (0..<1).contains(errorRate) else {
      throw ImpossibleFigure("the error rate of a bar", errorRate, allowed: "0 to less than 1")
    }
    self.init(accuracy: accuracy, errorRate: errorRate)
  }
}

/// Decides after each batch whether a policy can still reach a bar on all samples.
///
/// The correct answers among the first n of N samples in random order are hypergeometric. The policy is given up when a policy
/// that just reaches the threshold would show so few with a probability of at most the error rate divided by the number of looks. Whatever its
/// true accuracy, a policy that reaches the threshold shows more than that one (stochastic order), and the probabilities of all
/// looks add up to the error rate at most (Boole's inequality). No normal approximation is used.
///
/// The samples of a split are shuffled once, so the error rate is over that shuffling.
public struct SequentialTest: Sendable {
  private let bar: AccuracyBar
  private let samples: Int
  private let needed: Int
  private let looks: Int

  /// - Parameters:
  ///   - samples: All that the policy would be measured on.
  ///   - looks: How many times `staysBelow` is asked at most.
  /// - Precondition: both are positive.
  public init(_ bar: AccuracyBar, samples: Int, looks: Int) {
    precondition(samples > 0 && looks > 0)
    self.bar = bar
    self.samples = samples
    self.looks = looks
    // The least number of correct samples whose share, computed as accuracies are, reaches the bar.
    var needed = max(0, Int(bar.accuracy * Double(samples)) - 1)
    while Double(needed) / Double(samples) < bar.accuracy { needed += 1 }
    self.needed = needed
  }

  /// Whether a policy with `correct` of the first `seen` samples right is to be given up.
  ///
  /// - Precondition: `correct` is at most `seen`, which is at most all samples.
  public func staysBelow(correct: Int, seen: Int) -> Bool {
    precondition((0...seen).contains(correct) && seen <= samples)
    if correct + samples - seen < needed { return true }
    guard bar.errorRate > 0 else { return false }
    return probability(ofAtMost: correct, among: seen) <= bar.errorRate / Double(looks)
  }

  /// That at most `correct` of `seen` samples are right, drawn from all samples of which `needed` are right.
  package func probability(ofAtMost correct: Int, among seen: Int) -> Double {
    let least = max(0, seen - (samples - needed))
    let most = min(seen, needed)
    if correct >= most { return 1 }
    if correct < least { return 0 }
    let all = Self.logChoose(samples, seen)
    return (least...correct).reduce(0) { sum, k in
      sum + exp(Self.logChoose(needed, k) + Self.logChoose(samples - needed, seen - k) - all)
    }
  }

  private static func logChoose(_ n: Int, _ k: Int) -> Double {
    lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
  }
}
