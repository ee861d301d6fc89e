import Core
public import Evaluation
import Rendering

/// The course of a fine-tuning under a policy: the result of `haq finetune`.
public struct FineTuningDocument: Document {
  public static let schema: SchemaName = "haq.finetuning/1.0"

  public var network: String
  /// The validation split under the policy, before the first epoch.
  public var before: EvaluationResult.Figures
  public var epochs: [EpochPart]

  public init(network: String, before: EvaluationResult.Figures, epochs: [TrainingProgress]) {
    self.network = network
    self.before = before
    self.epochs = epochs.map(EpochPart.init)
  }

  /// The table for a terminal.
  public var text: String { EpochPart.text(of: epochs, accuracy: Quantity.accuracy) }
}
