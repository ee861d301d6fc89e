/// Fine-tuning of a quantized network over whole epochs, which can be interrupted and resumed.
public struct FineTuningJob: Hashable, Sendable, Codable {
  public var epochs: Int
  public var batchSize: Int
  /// The highest rate; it rises linearly during the warm-up and then follows the schedule.
  public var learningRate: Double
  public var warmUpEpochs: Int
  public var schedule: Schedule
  public var weightDecay: Double
  /// Fixes sample order and augmentation.
  public var seed: UInt64
  /// A file that is complete after every epoch: weights, momentum and position.
  public var checkpoint: String
  /// Where the network with its fine-tuned weights goes, as ONNX in floats; nil writes none.
  public var output: String?
  /// Nil leaves them as calibrated.
  public var activationClips: ActivationClips?
  /// Nil descends on labels. Since 1.5.
  public var loss: FineTuningLoss?
  /// Nil keeps the last. Since 1.5.
  public var keep: KeptEpoch?
  /// Nil takes the rate as given. Since 1.5.
  public var rateChoice: RateChoice?

  private enum CodingKeys: String, CodingKey {
    case epochs
    case batchSize = "batch_size"
    case learningRate = "learning_rate"
    case warmUpEpochs = "warm_up_epochs"
    case schedule
    case weightDecay = "weight_decay"
    case seed
    case checkpoint
    case output
    case activationClips = "activation_clips"
    case loss
    case keep
    case rateChoice = "rate_choice"
  }

  /// How the learning rate falls after the warm-up.
  public enum Schedule: String, Hashable, Sendable, Codable, CaseIterable {
    /// To zero along half a cosine (Loshchilov, Hutter, ICLR 2017).
    case cosine
    /// To a tenth at a half and again at three quarters of the epochs.
    case step
    case constant
  }

  public init(
    epochs: Int, batchSize: Int = 64, learningRate: Double, warmUpEpochs: Int = 0,
    schedule: Schedule = .cosine, weightDecay: Double = 0, seed: UInt64, checkpoint: String,
    output: String? = nil, activationClips: ActivationClips? = nil, loss: FineTuningLoss? = nil,
    keep: KeptEpoch? = nil, rateChoice: RateChoice? = nil
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.warmUpEpochs = warmUpEpochs
    self.schedule = schedule
    self.weightDecay = weightDecay
    self.seed = seed
    self.checkpoint = checkpoint
    self.output = output
    self.activationClips = activationClips
    (self.loss, self.keep, self.rateChoice) = (loss, keep, rateChoice)
  }
}
