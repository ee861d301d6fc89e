import Core
public import Evaluation
import Rendering

/// The course of a fine-tuning under a policy: the result of `haq finetune`.
public struct FineTuningDocument: Document {
  public static let schema: SchemaName = "haq.finetuning/1.1"

  public var network: String
  /// What accuracy is, where it is not the top-1 accuracy, such as agreement.
  public var accuracyMetric: String?
  /// The validation split under the policy, before the first epoch.
  public var before: EvaluationResult.Figures
  public var epochs: [EpochPart]

  private enum CodingKeys: String, CodingKey {
    case network, before, epochs
    case accuracyMetric = "accuracy_metric"
  }

  public init(
    network: String, before: EvaluationResult.Figures, epochs: [TrainingProgress],
    accuracyMetric: String? = nil
  ) {
    self.accuracyMetric = accuracyMetric
    self.network = network
    self.before = before
    self.epochs = epochs.map(EpochPart.init)
  }

  /// The table for a terminal.
  public var text: String {
    EpochPart.text(of: epochs, metric: accuracyMetric, accuracy: Quantity.accuracy)
  }
}
