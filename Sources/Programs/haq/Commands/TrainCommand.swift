import ArgumentParser
import Core
import Diagnostics
import Documents
import Evaluation
import Foundation
import Networks
import Rendering
import Terminal

/// `haq train`: an architecture from random weights to an ONNX file.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a built-in architecture from scratch and writes an ONNX file.",
    discussion: """
      haq measures the validation split after each epoch, and the test split once at the end. The same options and \
      number of threads give the same file on the same machine.

      Examples:
        haq train fashion-mobilenet-v1 --epochs 30 --seed 1 --threads 1 -o v1.onnx
      """)

  @Argument(help: "Built-in architecture that fits the data, such as fashion-mobilenet-v1.")
  var network: String

  @OptionGroup(title: OptionTitle.training) var training: TrainingArguments
  @OptionGroup var evaluator: EvaluatorOption
  @OptionGroup(title: OptionTitle.output) var file: NetworkOutputOption
  @OptionGroup(title: OptionTitle.output) var force: ForceOption
  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  /// How the weights are trained.
  struct TrainingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Passes over the training split.", valueName: "n"))
    var epochs = 30

    @Option(help: ArgumentHelp("Samples in a training step.", valueName: "n"))
    var batchSize = 128

    @Option(
      help: ArgumentHelp(
        "Peak learning rate, which is reached after one epoch and then falls along a cosine.",
        valueName: "rate"))
    var learningRate = 0.2

    @Option(help: ArgumentHelp("Weight decay of the optimizer.", valueName: "factor"))
    var weightDecay = 1e-4

    @Option(
      help: ArgumentHelp(
        "Share of the target probability that is spread over all classes.", valueName: "share"))
    var labelSmoothing = 0.1

    @Option(help: ArgumentHelp("Seed of initial weights, sample order and augmentation.", valueName: "n"))
    var seed: UInt64 = 1
  }

  /// `-o`.
  struct NetworkOutputOption: ParsableArguments {
    @Option(
      name: [.customShort("o"), .long], help: ArgumentHelp("ONNX file to write.", valueName: "file.onnx"))
    var output: String
  }

  func run() throws {
    guard Architecture.named(network) != nil else {
      throw Diagnostic(
        "there is no architecture \"\(network)\"; the built-in ones are \(Architecture.names.joined(separator: ", ")).",
        hint: Suggestion.sentence(for: network, among: Architecture.names))
    }
    let options = TrainingOptions(
      epochs: training.epochs, batchSize: training.batchSize, learningRate: training.learningRate,
      weightDecay: training.weightDecay, labelSmoothing: training.labelSmoothing, seed: training.seed)
    let file = URL(filePath: try OutputFile.file(file.output, readOnlyFiles: force.readOnlyFiles))
    var epochs: [TrainingProgress] = []
    let progress = ProgressLine()
    let process = try evaluator.start(network: network)
    progress.begin()
    try process.train(options, output: file) { epoch in
      epochs.append(epoch)
      progress.show(
        "epoch \(epoch.epoch) of \(epoch.epochs): validation \(Quantity.percent(epoch.validation.accuracy))",
        done: epoch.epoch, of: epoch.epochs)
    }
    progress.clear()
    let test = try evaluator.start(network: file.path).evaluate(.init(policy: nil, split: .test)).get()
    let document = TrainingDocument(network: network, options: options, epochs: epochs, test: test)
    try format.print(document, text: document.text)
  }
}
