public import Agents
public import Evaluation
public import HardwareModel

/// What a search may spend, and how.
public struct SearchOptions: Hashable, Sendable, Codable {
  public var episodes: Int
  /// Fixes every random choice of the search.
  public var seed: UInt64
  /// How each policy is trained before it is measured; nil measures as calibrated.
  public var fineTuning: FineTuning?
  /// Validation samples per measurement; nil takes all.
  public var samples: Int?
  /// How many of the best distinct policies to keep.
  public var kept: Int
  public var agent: DDPGOptions
  public var remembered: RememberedActions
  /// Policies that the first episodes take, lowered into the budget, instead of the agent's; the paper has none.
  ///
  /// Uniform policies, which a comparison measures anyway, show the agent a better neighbourhood
  /// than random ones do. They count as episodes, and towards the warm-up.
  public var demonstrations: [Policy]

  /// Which actions the agent learns from.
  public enum RememberedActions: String, Hashable, Sendable, Codable, CaseIterable {
    /// What the agent chose before the budget lowered it, as in the paper's code.
    case chosen
    /// What was measured: the middle of each action interval that means the lowered width.
    case lowered
  }

  public init(
    episodes: Int, seed: UInt64, fineTuning: FineTuning? = nil, samples: Int? = nil, kept: Int = 5,
    agent: DDPGOptions = DDPGOptions(), remembered: RememberedActions = .chosen,
    demonstrations: [Policy] = []
  ) {
    self.episodes = episodes
    self.seed = seed
    self.fineTuning = fineTuning
    self.samples = samples
    self.kept = kept
    self.agent = agent
    self.remembered = remembered
    self.demonstrations = demonstrations
  }

  /// The question that the search asks of an evaluator about a policy, nil for the unquantized network.
  public func request(_ policy: Policy?) -> EvaluationRequest {
    EvaluationRequest(
      policy: policy, fineTuning: policy == nil ? nil : fineTuning, split: .validation, samples: samples)
  }
}
