/// One line of a search's log.
public struct Episode: Hashable, Sendable, Codable {
  /// From 0.
  public var index: Int
  public var exploration: Exploration
  public var measured: MeasuredPolicy
  public var reward: Double
  /// Whether the accuracy was known from an earlier episode with the same policy.
  public var isRepeated: Bool
  /// Whether this is the best policy so far.
  public var isBest: Bool

  /// How actions were chosen.
  public enum Exploration: Hashable, Sendable, Codable {
    /// Given by the options.
    case demonstrated
    /// Uniformly random.
    case warmUp
    /// Around the agent's actions, with this standard deviation.
    case around(sigma: Double)
  }
}

/// Whether a search goes on after an episode.
public enum Continuation: Hashable, Sendable {
  case next
  case stop
}
