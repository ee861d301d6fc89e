/// One line of a search's log: a policy that was measured, and where it came from.
public struct Episode: Hashable, Sendable, Codable {
  /// From 0.
  public var index: Int
  public var origin: Origin
  public var measured: MeasuredPolicy
  public var reward: Double
  /// Whether the accuracy was known from an earlier episode with the same policy.
  public var isRepeated: Bool
  /// Whether this is the best policy so far.
  public var isBest: Bool

  public init(
    index: Int, origin: Origin, measured: MeasuredPolicy, reward: Double, isRepeated: Bool, isBest: Bool
  ) {
    self.index = index
    self.origin = origin
    self.measured = measured
    self.reward = reward
    self.isRepeated = isRepeated
    self.isBest = isBest
  }

  /// How the policy was chosen.
  public enum Origin: Hashable, Sendable, Codable {
    /// Given by the user or by the options.
    case given
    /// Uniformly random widths.
    case random
    /// Around the agent's actions, with this standard deviation.
    case agent(sigma: Double)
    /// The exact solution for the measured sensitivities.
    case integerProgram
    /// The exact solution for sensitivities that were varied by this standard deviation of their logarithms.
    case varied(sigma: Double)
    /// One step at a time, from the measured sensitivities.
    case greedy
    /// From two parents of the generation before, counted from 1; the first generation is 0.
    case bred(generation: Int)
  }
}

/// Whether a search continues after an episode.
public enum Continuation: Hashable, Sendable {
  case next
  case stop
}
