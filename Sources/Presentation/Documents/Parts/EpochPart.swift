import Core
public import Evaluation
import Foundation
import Rendering

/// One epoch of a training, in documents.
public struct EpochPart: Hashable, Sendable, Codable {
  /// From 1.
  public var epoch: Int
  /// Mean over the epoch, in nats.
  public var trainingLoss: Double
  /// After the epoch, on the validation split.
  public var validation: EvaluationResult.Figures

  private enum CodingKeys: String, CodingKey {
    case epoch, validation
    case trainingLoss = "training_loss"
  }

  public init(_ progress: TrainingProgress) {
    epoch = progress.epoch
    trainingLoss = progress.trainingLoss
    validation = progress.validation
  }

  /// A table for a terminal; `accuracy` writes shares of samples, whose name is `metric`, and what was before is epoch 0.
  static func text(
    of epochs: [EpochPart], before: EvaluationResult.Figures? = nil, metric: String? = nil,
    accuracy: (Double) -> String
  ) -> String {
    var table = TextTable([
      .init("epoch", .right), .init("training loss", .right), .init("validation loss", .right),
      .init("validation \(metric ?? "accuracy")", .right),
    ])
    if let before {
      table.add(["0", "", String(format: "%.4f", before.loss), accuracy(before.accuracy)])
    }
    for epoch in epochs {
      table.add([
        "\(epoch.epoch)", String(format: "%.4f", epoch.trainingLoss),
        String(format: "%.4f", epoch.validation.loss), accuracy(epoch.validation.accuracy),
      ])
    }
    return table.text
  }
}
