import Core
public import Evaluation
import Rendering

/// The course of a training from random weights: the result of `haq train`.
public struct TrainingDocument: Document {
  public static let schema: SchemaName = "haq.training/1.0"

  public var network: String
  public var options: Options
  public var epochs: [EpochPart]
  /// Of the trained network, on the test split.
  public var test: EvaluationResult.Figures

  /// What the training was asked for.
  public struct Options: Hashable, Sendable, Codable {
    public var epochs: Int
    public var batchSize: Int
    /// The highest of the schedule.
    public var learningRate: Double
    public var weightDecay: Double
    /// Share of the target probability spread over all classes.
    public var labelSmoothing: Double
    public var seed: UInt64

    private enum CodingKeys: String, CodingKey {
      case epochs, seed
      case batchSize = "batch_size"
      case learningRate = "learning_rate"
      case weightDecay = "weight_decay"
      case labelSmoothing = "label_smoothing"
    }

    public init(_ options: TrainingOptions) {
      epochs = options.epochs
      batchSize = options.batchSize
      learningRate = options.learningRate
      weightDecay = options.weightDecay
      labelSmoothing = options.labelSmoothing
      seed = options.seed
    }
  }

  public init(
    network: String, options: TrainingOptions, epochs: [TrainingProgress], test: EvaluationResult.Figures
  ) {
    self.network = network
    self.options = Options(options)
    self.epochs = epochs.map(EpochPart.init)
    self.test = test
  }

  /// The table for a terminal.
  public var text: String {
    EpochPart.text(of: epochs, accuracy: Quantity.percent)
      + "test accuracy: \(Quantity.accuracy(test.accuracy))\n"
  }
}
