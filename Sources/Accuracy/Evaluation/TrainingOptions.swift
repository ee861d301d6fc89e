/// How to train an architecture from scratch.
public struct TrainingOptions: Hashable, Sendable, Codable {
  public var epochs: Int
  public var batchSize: Int
  /// Peak of the cosine schedule, reached after one epoch.
  public var learningRate: Double
  public var weightDecay: Double
  /// Share of the target probability spread over all classes.
  public var labelSmoothing: Double
  /// Fixes initial weights, sample order and augmentation.
  public var seed: UInt64

  private enum CodingKeys: String, CodingKey {
    case epochs
    case batchSize = "batch_size"
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
    case labelSmoothing = "label_smoothing"
    case seed
  }

  public init(
    epochs: Int, batchSize: Int = 128, learningRate: Double = 0.2, weightDecay: Double = 1e-4,
    labelSmoothing: Double = 0.1, seed: UInt64
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.labelSmoothing = labelSmoothing
    self.seed = seed
  }
}

/// What a training run reports after each epoch.
public struct TrainingProgress: Hashable, Sendable, Codable {
  /// Epochs done, and in all.
  public var epoch: Int
  public var epochs: Int
  /// Mean over the epoch, in nats, with label smoothing.
  public var trainingLoss: Double
  public var validation: EvaluationResult.Figures

  public init(epoch: Int, epochs: Int, trainingLoss: Double, validation: EvaluationResult.Figures) {
    self.epoch = epoch
    self.epochs = epochs
    self.trainingLoss = trainingLoss
    self.validation = validation
  }
}
