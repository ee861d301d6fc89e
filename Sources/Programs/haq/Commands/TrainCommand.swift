import ArgumentParser
import Core
import Diagnostics
import Documents
import Evaluation
import Foundation
import Networks
import Rendering

/// `haq train`: an architecture from random weights to an ONNX file.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a built-in architecture from scratch and writes an ONNX file.",
    discussion: """
      The validation split is measured after each epoch, the test split once at the end. The same options \
      and thread count on the same machine give the same file.

      Example:
        haq train fashion-mobilenet-v1 --epochs 30 --seed 1 --threads 1 -o v1.onnx
      """)

  @Argument(help: "A built-in architecture for the data set, such as fashion-mobilenet-v1.")
  var network: String

  @OptionGroup var evaluator: EvaluatorOption

  @Option(help: "Passes over the training split.")
  var epochs = 30

  @Option(help: "Samples per step.")
  var batchSize = 128

  @Option(help: "Peak learning rate; it rises for one epoch and then falls along a cosine.")
  var learningRate = 0.2

  @Option(help: "Weight decay.")
  var weightDecay = 1e-4

  @Option(help: "Share of the target probability spread over all classes.")
  var labelSmoothing = 0.1

  @Option(help: "Fixes initial weights, sample order and augmentation.")
  var seed: UInt64 = 1

  @Option(name: [.customShort("o"), .long], help: "The ONNX file to write.")
  var output: String

  @OptionGroup var format: FormatOption

  func run() throws {
    guard Architecture.named(network) != nil else {
      throw Diagnostic(
        "\"\(network)\" is not an architecture; there are \(Architecture.names.joined(separator: ", ")).",
        hint: Suggestion.sentence(for: network, among: Architecture.names))
    }
    let options = TrainingOptions(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate, weightDecay: weightDecay,
      labelSmoothing: labelSmoothing, seed: seed)
    try OutputFile.check(output)
    let file = URL(filePath: output)
    var epochs: [TrainingProgress] = []
    let progress = ProgressLine()
    try evaluator.start(network: network).train(options, output: file) { epoch in
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
