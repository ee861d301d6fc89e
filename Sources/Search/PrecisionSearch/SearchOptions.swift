public import Core
public import Evaluation

/// What a search may spend, whatever its method.
public struct SearchOptions: Hashable, Sendable, Codable {
  /// Policies that may be measured; sensitivity measurements count by their images.
  public var evaluations: Int
  /// Fixes every random choice of the search.
  public var seed: UInt64
  /// How each policy is trained before it is measured; nil measures as calibrated.
  public var fineTuning: FineTuning?
  /// Validation samples per measurement; nil takes all.
  public var samples: Int?
  /// How many of the best distinct policies to keep.
  public var kept: Int
  /// Lets evaluations stop where a result cannot matter; nil measures all samples of every policy.
  ///
  /// It is the probability, for each policy, of giving up one that would have been kept; 0 allows certainty alone.
  public var stoppingErrorRate: Double?

  public init(
    evaluations: Int, seed: UInt64, fineTuning: FineTuning? = nil, samples: Int? = nil, kept: Int = 5,
    stoppingErrorRate: Double? = nil
  ) {
    self.evaluations = evaluations
    self.seed = seed
    self.fineTuning = fineTuning
    self.samples = samples
    self.kept = kept
    self.stoppingErrorRate = stoppingErrorRate
  }

  /// The question that the search asks of an evaluator about a policy, nil for the unquantized network.
  ///
  /// - Parameter bar: The accuracy below which the answer does not matter.
  public func request(_ policy: Policy?, bar: AccuracyBar? = nil) -> EvaluationRequest {
    EvaluationRequest(
      policy: policy, fineTuning: policy == nil ? nil : fineTuning, split: .validation, samples: samples,
      bar: bar)
  }
}
