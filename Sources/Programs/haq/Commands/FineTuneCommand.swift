public import ArgumentParser
import Core
import Diagnostics
import Documents
public import Evaluation
import EvaluatorArguments
import Foundation
import Rendering
import Terminal

/// `haq finetune`: trains a network under a policy for whole epochs.
struct FineTuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Fine-tunes a network under a policy for whole epochs, and resumes an interrupted run.",
    discussion: """
      haq replaces the checkpoint after each epoch. Run the same command again to continue from it; the output is the \
      same, byte for byte, as without the interruption. The output has the weights of the epoch with the best validation \
      accuracy, or of the network before all epochs where none is better, as 32-bit floating point. Measured under the \
      same policy, its accuracy is close to that of this epoch; haq then chooses clipping ranges anew.

      Examples:
        haq finetune fashion-mobilenet-v2 --policy run/policy.json --epochs 5 -o tuned.onnx
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup(title: OptionTitle.networkAndTarget) var size: InputSizeOption
  @OptionGroup(title: OptionTitle.networkAndTarget) var policy: PolicyOption
  @OptionGroup(title: OptionTitle.training) var training: TrainingArguments
  @OptionGroup var evaluator: EvaluatorOption
  @OptionGroup(title: OptionTitle.output) var files: Files
  @OptionGroup(title: OptionTitle.output) var force: ForceOption
  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  /// How the weights are trained.
  struct TrainingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Passes over the training split.", valueName: "n"))
    var epochs = 5

    @Option(help: ArgumentHelp("Samples in a training step.", valueName: "n"))
    var batchSize = 64

    @Option(
      help: ArgumentHelp(
        "Peak learning rate. (default: 0.003, divided by 4 until a short trial does not raise the loss)",
        valueName: "rate"))
    var learningRate: Double?

    @OptionGroup(title: OptionTitle.training) var loss: LossOption

    @Option(
      help: ArgumentHelp(
        "How the learning rate falls: cosine, step (to a tenth at 1/2 and at 3/4 of the epochs) or constant.",
        valueName: "schedule"))
    var schedule = FineTuningJob.Schedule.cosine

    @Option(help: ArgumentHelp("Epochs in which the learning rate rises to its peak.", valueName: "n"))
    var warmUpEpochs = 0

    @Option(help: ArgumentHelp("Weight decay of the optimizer.", valueName: "factor"))
    var weightDecay = 0.0

    @OptionGroup(title: OptionTitle.training) var ranges: LearnedRangesOption

    @Option(help: ArgumentHelp("Seed of sample order and augmentation.", valueName: "n"))
    var seed: UInt64 = 1
  }

  /// What is written.
  struct Files: ParsableArguments {
    @Option(
      name: [.customShort("o"), .long], help: ArgumentHelp("ONNX file to write.", valueName: "file.onnx"))
    var output: String

    @Option(
      help: ArgumentHelp(
        "Checkpoint file. (default: the name of the output with .checkpoint appended)", valueName: "file"))
    var checkpoint: String?
  }

  private var output: String { files.output }

  func run() throws {
    let shapes = try network.resolve(defaultBatch: 1, inputSize: size.inputSize)
    var evaluator = evaluator
    guard let chosen = try policy.resolve(for: shapes, settling: &evaluator) else {
      throw Diagnostic(
        "fine-tuning needs the bits of every layer.", hint: "Give --policy FILE or --bits W4A6.")
    }
    let written = try OutputFile.file(output, readOnlyFiles: force.readOnlyFiles)
    let file = try OutputFile.file(
      files.checkpoint ?? "\(output).checkpoint", readOnlyFiles: force.readOnlyFiles)
    let rate = training.learningRate ?? 0.003
    let job = FineTuningJob(
      epochs: training.epochs, batchSize: training.batchSize, learningRate: rate,
      warmUpEpochs: training.warmUpEpochs, schedule: training.schedule, weightDecay: training.weightDecay,
      seed: training.seed, checkpoint: URL(filePath: file).path, output: URL(filePath: written).path,
      activationClips: training.ranges.clips, loss: training.loss.loss.asked, keep: .best,
      rateChoice: training.learningRate == nil ? .guarded : nil)
    let continues = FileManager.default.fileExists(atPath: file)
    let process = try evaluator.start(network.network, for: shapes, inputSize: size.inputSize)
    let progress = ProgressLine()
    progress.show("measuring before the first epoch")
    let before = try process.evaluate(EvaluationRequest(policy: chosen)).get()
    let bits = zip(process.description.layers, chosen.precisions).map(WireEvaluation.LayerBits.init)
    var curve: [TrainingProgress] = []
    var last = ContinuousClock.now
    var isReplayed = continues
    progress.begin()
    let outcome = try process.fineTune(job, policy: bits) { epoch in
      // The epochs of a checkpoint come all at once, before the first new one.
      if !curve.isEmpty, .now - last > .milliseconds(50) { isReplayed = false }
      last = .now
      curve.append(epoch)
      progress.show(
        "epoch \(epoch.epoch) of \(epoch.epochs): validation \(Quantity.percent(epoch.validation.accuracy))",
        done: epoch.epoch, of: epoch.epochs, isReplayed: isReplayed)
    }
    progress.clear()
    let document = FineTuningDocument(
      network: shapes.name, before: before, epochs: curve, outcome: outcome,
      accuracyMetric: process.description.metric)
    Messages.warn(document.warnings(rate: rate, process.description))
    try format.print(document, text: document.text)
  }
}

extension FineTuningJob.Schedule: ExpressibleByArgument {}
