import Core
public import Evaluation
import Foundation
import Rendering

/// The course of a fine-tuning under a policy: the result of `haq finetune`.
public struct FineTuningDocument: Document {
  public static let schema: SchemaName = "haq.finetuning/1.2"

  public var network: String
  /// What accuracy is, where it is not the top-1 accuracy, such as agreement.
  public var accuracyMetric: String?
  /// The validation split under the policy, before the first epoch.
  public var before: EvaluationResult.Figures
  public var epochs: [EpochPart]
  /// The epoch whose weights the output has, 0 for those before the first; nil of documents before 1.2.
  public var keptEpoch: Int?
  /// The peak of the rate that was taken, where the evaluator chose it.
  public var learningRate: Double?

  private enum CodingKeys: String, CodingKey {
    case network, before, epochs
    case accuracyMetric = "accuracy_metric"
    case keptEpoch = "kept_epoch"
    case learningRate = "learning_rate"
  }

  /// - Parameter outcome: An evaluator that names no kept epoch has kept the last.
  public init(
    network: String, before: EvaluationResult.Figures, epochs: [TrainingProgress],
    outcome: FineTuningOutcome, accuracyMetric: String? = nil
  ) {
    self.accuracyMetric = accuracyMetric
    self.network = network
    self.before = before
    self.epochs = epochs.map(EpochPart.init)
    keptEpoch = outcome.keptEpoch ?? epochs.last?.epoch
    learningRate = outcome.learningRate
  }

  /// On the validation split after an epoch, 0 for before the first; nil where there is no such epoch.
  func figures(of epoch: Int) -> EvaluationResult.Figures? {
    epoch == 0 ? before : epochs.first { $0.epoch == epoch }?.validation
  }

  /// The table for a terminal, and which of its epochs the output has.
  public var text: String {
    EpochPart.text(of: epochs, before: before, metric: accuracyMetric, accuracy: Quantity.accuracy)
      + (keptEpoch.map { "The output has the weights of epoch \($0).\n" } ?? "")
      + (learningRate.map { "Peak learning rate: \(String(format: "%g", $0))\n" } ?? "")
  }
}
