/// What an episode is worth (HAQ, equation 6): lambda times the accuracy lost or won.
public struct Reward: Hashable, Sendable, Codable {
  /// 0.1 in the paper.
  public static let lambda = 0.1

  /// Of the unquantized network, a share in 0...1, on the samples that policies are measured on.
  public var referenceAccuracy: Double

  public init(referenceAccuracy: Double) { self.referenceAccuracy = referenceAccuracy }

  /// The reward for a held-out accuracy, a share in 0...1.
  ///
  /// The difference counts in percentage points, as in the paper's code: losing one point is -0.1.
  public func value(accuracy: Double) -> Double { Self.lambda * 100 * (accuracy - referenceAccuracy) }
}
