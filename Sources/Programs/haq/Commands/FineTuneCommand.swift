public import ArgumentParser
import Core
import Diagnostics
import Documents
public import Evaluation
import EvaluatorArguments
import Foundation
import Rendering

/// `haq finetune`: trains a network under a policy for whole epochs.
struct FineTuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Fine-tunes a network under a policy for whole epochs; an interrupted run is resumed.",
    discussion: """
      The checkpoint is replaced after each epoch. The same command again goes on from it, and gives the same bytes as \
      one run without a break. The output is the network with its fine-tuned weights in floats; under the same policy it \
      quantizes to about what the last epoch measured, with clips chosen anew.

      Example:
        haq finetune fashion-mobilenet-v2 --policy run/policy.json --epochs 5 -o tuned.onnx
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup var size: InputSizeOption
  @OptionGroup var policy: PolicyOption
  @OptionGroup var evaluator: EvaluatorOption

  @Option(help: "Passes over the training split.")
  var epochs = 5

  @Option(help: "Samples per step.")
  var batchSize = 64

  @Option(help: "The highest learning rate.")
  var learningRate = 0.003

  @Option(help: "How the rate falls: cosine, step (a tenth at a half and at three quarters) or constant.")
  var schedule = FineTuningJob.Schedule.cosine

  @Option(help: "Epochs during which the rate rises to its highest.")
  var warmUpEpochs = 0

  @Option(help: "Weight decay.")
  var weightDecay = 0.0

  @Flag(
    help: """
      Learn the clip of each layer's activations with the weights (PACT, Choi et al., 2018). The output has a clamp \
      before each layer that holds its clip.
      """)
  var pact = false

  @Option(help: "Fixes sample order and augmentation.")
  var seed: UInt64 = 1

  @Option(help: "The checkpoint file. (default: the output with .checkpoint added)")
  var checkpoint: String?

  @Option(name: [.customShort("o"), .long], help: "The ONNX file to write.")
  var output: String

  @OptionGroup var format: FormatOption

  func run() throws {
    let shapes = try network.resolve(defaultBatch: 1, inputSize: size.inputSize)
    var evaluator = evaluator
    guard let chosen = try policy.resolve(for: shapes, settling: &evaluator) else {
      throw Diagnostic("fine-tuning needs the bits to train for.", hint: "Give --policy FILE or --bits W4A6.")
    }
    try OutputFile.check(output)
    let file = checkpoint ?? "\(output).checkpoint"
    try OutputFile.check(file)
    let job = FineTuningJob(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate, warmUpEpochs: warmUpEpochs,
      schedule: schedule, weightDecay: weightDecay, seed: seed, checkpoint: URL(filePath: file).path,
      output: URL(filePath: output).path, activationClips: pact ? .learned : nil)
    let process = try evaluator.start(network.network, for: shapes, inputSize: size.inputSize)
    let progress = ProgressLine()
    progress.show("measuring before the first epoch")
    let before = try process.evaluate(EvaluationRequest(policy: chosen)).get()
    let bits = zip(process.description.layers, chosen.precisions).map(WireEvaluation.LayerBits.init)
    var curve: [TrainingProgress] = []
    try process.fineTune(job, policy: bits) { epoch in
      curve.append(epoch)
      progress.show(
        "epoch \(epoch.epoch) of \(epoch.epochs): validation \(Quantity.percent(epoch.validation.accuracy))",
        done: epoch.epoch, of: epoch.epochs)
    }
    progress.clear()
    if let last = curve.last?.validation, last.accuracy < before.accuracy {
      Failure.warn([
        Diagnostic(
          "fine-tuning lowered the validation accuracy from \(Quantity.accuracy(before.accuracy)) to "
            + "\(Quantity.accuracy(last.accuracy)); the policy is better without it",
          hint: "Lower --learning-rate, which is \(learningRate).")
      ])
    }
    let document = FineTuningDocument(network: shapes.name, before: before, epochs: curve)
    try format.print(document, text: document.text)
  }
}

extension FineTuningJob.Schedule: ExpressibleByArgument {}
