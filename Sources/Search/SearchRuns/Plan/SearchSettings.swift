public import Evaluation
public import PrecisionSearch

/// How a search is to find policies and what it may spend, as a user states it; the defaults are those of `haq search`.
public struct SearchSettings: Hashable, Sendable {
  /// The ways to search.
  public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
    case auto
    case ilp
    case greedy
    case evolution
    case ddpg
    case random
    case rule
    case uniform
  }

  public var method = Method.auto
  /// Policies that may be measured; sensitivity measurements count by their images.
  public var evaluations = 100
  /// Fixes every random choice.
  public var seed: UInt64 = 1
  /// Validation samples that measure each policy.
  public var searchSamples = 2000
  /// Validation samples of each sensitivity measurement; nil takes what half of the evaluations allow.
  public var sensitivitySamples: Int?
  /// Whether sensitivities are measured or estimated.
  public var sensitivitySource = SensitivitySource.measured
  /// How many of the best policies are compared at the end.
  public var finalists = 5
  /// How many race for these places on the whole validation split; nil has no race.
  public var contenders: Int?
  /// The probability of giving up a policy that would have been kept; nil measures all samples of each.
  public var earlyStopping: Double?
  public var training = Training()
  /// Policies of a generation of `evolution`; nil follows from the evaluations.
  public var population: Int?
  public var agent = Agent()
  /// Whether the first and the last layer are searched, too, instead of having 8 bit.
  public var searchesEnds = false

  public init() {}

  /// How policies are fine-tuned before they are measured.
  public struct Training: Hashable, Sendable {
    /// Training samples for each policy of the search; 0 measures as calibrated.
    public var samples = 0
    /// Training samples for each policy of the comparison; 0 compares as calibrated.
    public var finalSamples = 12_800
    /// The peak of the learning rate.
    public var rate = 0.003
    /// What it descends on.
    public var loss = FineTuningLoss.labels
    /// Whether the clips of activations are learned with the weights (PACT).
    public var learnsClips = false
    /// Whether the steps of weights and activations are learned with the weights (LSQ).
    public var learnsSteps = false

    /// Nil for calibrated ones.
    public var clips: ActivationClips? { learnsSteps ? .steps : learnsClips ? .learned : nil }

    public init() {}
  }

  /// What only the method `ddpg` has.
  public struct Agent: Hashable, Sendable {
    /// Units of the two hidden layers.
    public var hidden = Hidden(first: 300, second: 300)
    /// Episodes of random actions before the agent decides.
    public var warmUp = 20
    /// The factor on the exploration after each episode.
    public var sigmaDecay = 0.99
    /// Whether the agent learns of a policy while the next one is measured.
    public var overlapsUpdates = false
    /// Policies from one to the first that the agent chooses knowing its reward; as many can be measured at once.
    public var rewardLag = 1
    /// Whether the agent is shown the uniform policies within the budgets first.
    public var demonstratesUniform = false
    /// A policy that the agent is shown first.
    public var warmStart: WarmStart?

    public init() {}
  }

  /// Sizes of an agent's hidden layers.
  public struct Hidden: Hashable, Sendable {
    public var first: Int
    public var second: Int

    public init(first: Int, second: Int) {
      self.first = first
      self.second = second
    }
  }
}
