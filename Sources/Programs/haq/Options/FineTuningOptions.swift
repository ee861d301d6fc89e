import ArgumentParser

/// How policies are fine-tuned before they are measured.
struct FineTuningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Training samples that fine-tune a policy before it is measured; 0 measures it without fine-tuning.",
      valueName: "n"))
  var finetuneSamples = 0

  @Option(help: ArgumentHelp("Peak learning rate of fine-tuning, above 0.", valueName: "rate"))
  var finetuneRate = 0.003

  func validate() throws {
    guard finetuneSamples >= 0 else {
      throw ValidationError("--finetune-samples must be at least 0, not \(finetuneSamples).")
    }
    guard finetuneRate > 0, finetuneRate.isFinite else {
      throw ValidationError("--finetune-rate must be a number above 0, not \(finetuneRate).")
    }
  }
}
