public import Core

/// Anything that can say how accurate a network is under a policy.
///
/// The search depends on this protocol alone; the numbers may come from the built-in
/// evaluator process, from a custom training script, or from a table in a test.
public protocol AccuracyEvaluator {
  /// Accuracy of the network at the request's precisions, on held-out samples.
  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult

  /// The same, with who answered.
  ///
  /// - Parameter meanwhile: Gets answers to other questions announced as sure, as they come; on the caller's thread.
  func answer(
    _ request: EvaluationRequest, meanwhile: (EvaluationRequest, Answer) throws -> Void
  ) throws -> Answer

  /// Announces questions in the order in which they will be asked, so that several evaluators can begin with them.
  ///
  /// Changes no answer, only when it is there.
  func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood)

  /// How many probable questions are worth announcing; 0 where nothing can begin with them.
  var foresight: Int { get }
}

/// One question to an evaluator.
public struct EvaluationRequest: Hashable, Sendable, Codable {
  /// Bits by layer; nil asks for the unquantized network.
  public var policy: Policy?
  /// Brief training of the quantized network before it is measured; nil measures as calibrated.
  public var fineTuning: FineTuning?
  public var split: Split
  /// Number of samples, from the start of the split; nil takes all.
  public var samples: Int?
  /// Lets the evaluator stop once the policy surely, or almost surely, stays below; nil measures all samples.
  public var bar: AccuracyBar?
  /// What to report beside accuracy and loss; nil reports only these.
  public var extras: Set<Extra>?
  /// Operands of the policy whose narrowing's effect the evaluator may estimate beside; nil asks for none.
  public var narrowings: [Narrowing]?

  /// Figures that an evaluator gives when it is asked for them.
  public enum Extra: String, Hashable, Sendable, Codable {
    case top5
    /// Which samples are right, for differences of accuracies on the same ones.
    case correctSamples = "correct_samples"
  }

  public init(
    policy: Policy?, fineTuning: FineTuning? = nil, split: Split = .validation, samples: Int? = nil,
    bar: AccuracyBar? = nil, extras: Set<Extra>? = nil, narrowings: [Narrowing]? = nil
  ) {
    self.policy = policy
    self.fineTuning = fineTuning
    self.split = split
    self.samples = samples
    self.bar = bar
    self.extras = extras
    self.narrowings = narrowings
  }
}

/// Which held-out samples to measure on; fine-tuning always uses the training split.
public enum Split: String, Hashable, Sendable, Codable, CaseIterable {
  /// What a search may look at.
  case validation
  /// For final reports only.
  case test
}

/// How to train a quantized network, with the straight-through estimator, before measuring it.
public struct FineTuning: Hashable, Sendable, Codable {
  /// Training samples seen, counted with repetition.
  public var samples: Int
  public var learningRate: Double
  /// Fixes the order of the samples.
  public var seed: UInt64
  /// Nil leaves them as calibrated.
  public var activationClips: ActivationClips?
  /// Nil descends on labels.
  public var loss: FineTuningLoss?

  public init(
    samples: Int, learningRate: Double, seed: UInt64, activationClips: ActivationClips? = nil,
    loss: FineTuningLoss? = nil
  ) {
    self.samples = samples
    self.learningRate = learningRate
    self.seed = seed
    self.activationClips = activationClips
    self.loss = loss
  }
}

/// Where activations are clipped while a quantized network is trained.
public enum ActivationClips: String, Hashable, Sendable, Codable, CaseIterable {
  /// Where calibration says, throughout.
  case calibrated
  /// PACT (Choi et al., 2018): each layer's clip starts as calibrated and is trained with the weights.
  case learned
  /// LSQ (Esser et al., 2020): the step sizes of each layer's activations and of its weights start as calibrated and are
  /// trained with the weights. Since 1.5.
  case steps = "learned_steps"
}
