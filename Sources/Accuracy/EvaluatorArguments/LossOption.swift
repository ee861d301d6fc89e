public import ArgumentParser
public import Evaluation

/// `--loss`: what fine-tuning descends on.
public struct LossOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What fine-tuning approaches: labels, or distillation, the class probabilities of the float network, without labels.",
      valueName: "loss"))
  public var loss = FineTuningLoss.labels

  public init() {}

  /// Throws where a loss is chosen and nothing descends on it.
  ///
  /// - Parameter samples: That `--finetune-samples` gives.
  public func require(samples: Int) throws {
    guard loss == .labels || samples > 0 else {
      throw ValidationError("--loss needs --finetune-samples above 0.")
    }
  }
}

extension FineTuningLoss: ExpressibleByArgument {}
