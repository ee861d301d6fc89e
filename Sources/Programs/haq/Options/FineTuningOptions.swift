import ArgumentParser
import Evaluation
import EvaluatorArguments

/// How policies are fine-tuned before they are measured.
struct FineTuningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Training samples that fine-tune a policy before it is measured; 0 measures it without fine-tuning.",
      valueName: "n"))
  var finetuneSamples = 0

  @Option(help: ArgumentHelp("Peak learning rate of fine-tuning, above 0.", valueName: "rate"))
  var finetuneRate = 0.003

  @OptionGroup(title: OptionTitle.fineTuning) var loss: LossOption

  func validate() throws {
    guard finetuneSamples >= 0 else {
      throw ValidationError("--finetune-samples must be at least 0, not \(finetuneSamples).")
    }
    guard finetuneRate > 0, finetuneRate.isFinite else {
      throw ValidationError("--finetune-rate must be a number above 0, not \(finetuneRate).")
    }
  }

  /// Nil without samples.
  func tuning(seed: UInt64, clips: ActivationClips? = nil) -> FineTuning? {
    guard finetuneSamples > 0 else { return nil }
    return FineTuning(
      samples: finetuneSamples, learningRate: finetuneRate, seed: seed, activationClips: clips,
      loss: loss.loss.asked)
  }
}
