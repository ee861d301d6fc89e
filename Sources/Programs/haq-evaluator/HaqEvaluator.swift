import ArgumentParser
import Core
import DataRequests
import Datasets
import Diagnostics
import Evaluation
import EvaluatorArguments
import Foundation
import Glibc
import Networks
import ONNX
import SystemLimits
import Tensors
import Training

/// Answers accuracy questions about one network and one data set, on standard input and output.
@main
struct HaqEvaluator: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "haq-evaluator",
    abstract: "Measures the accuracy of a network under policies; haq starts it.",
    discussion: """
      The program speaks the protocol of docs/evaluator.md: it reads one JSON object per line from standard input and \
      writes one or more lines for each to standard output.

      Examples:
        echo '{"id":1,"method":"describe","parameters":{"protocol":"haq.evaluator/1.5"}}' \\
          | haq-evaluator --network fashion-mobilenet-v2
      """)

  @Option(
    help: ArgumentHelp(
      "Built-in network, architecture to train, or ONNX file.", valueName: "network"))
  var network: String

  @OptionGroup var size: InputSizeOption

  @OptionGroup(title: "Data") var data: DataArguments

  @OptionGroup(title: "Quantization") var quantization: QuantizationArguments

  @Option(help: ArgumentHelp("CPU threads; results depend on the number of threads.", valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: ArgumentHelp("Training samples that calibrate the range of activations.", valueName: "n"))
  var calibrationSamples = 512

  @Option(
    help: ArgumentHelp(
      "Run the network once on an array of inputs, write its outputs to --outputs and end.",
      valueName: "file.npy"))
  var inputs: String?

  @Option(help: ArgumentHelp("The folder for the outputs of --inputs: 0.npy, 1.npy ...", valueName: "folder"))
  var outputs: String?

  func validate() throws {
    guard (inputs == nil) == (outputs == nil) else {
      throw ValidationError("--inputs and --outputs go together.")
    }
    guard threads > 0 else { throw ValidationError("--threads must be at least 1, not \(threads).") }
    guard calibrationSamples > 0 else {
      throw ValidationError("--calibration-samples must be at least 1, not \(calibrationSamples).")
    }
  }

  func run() throws {
    _ = StandardStreams.openClosed()
    ProcessLimits.turnFileSizeLimitIntoErrors()
    // Ctrl-C and the end of a terminal reach every program of it; this one ends when its input does, so that haq
    // can finish the question it has asked.
    signal(SIGINT, SIG_IGN)
    signal(SIGHUP, SIG_IGN)
    do {
      try TorchRuntime.configure(threads: threads)
      let source = try NetworkSource(argument: network)
      if let inputs, let outputs {
        return try NetworkRun(inputs: inputs, folder: outputs).run(
          source.trainedGraph(inputSize: size.inputSize))
      }
      try session(source).serve()
    } catch {
      let failure = EvaluatorFailure(error)
      // Whoever asks reads replies, and would show standard error beside them.
      if inputs != nil || !EvaluationSession.refuseAll(failure) {
        _ = StandardStreams.write("haq-evaluator: error: \(failure.message.visible)\n", to: STDERR_FILENO)
      }
      throw ExitCode.failure
    }
  }

  private func session(_ source: NetworkSource) throws -> EvaluationSession {
    let graph = try source.graph(inputSize: size.inputSize)
    guard let input = graph.imageInput else {
      throw Diagnostic(
        "the network takes \(graph.inputShape), N for the images; images are N x channels x height x width, "
          + "N x height x width x channels or N x height x width")
    }
    return EvaluationSession(
      network: source, inputSize: size.inputSize, data: try DataSplits.load(data.request, input: input),
      objective: data.request.objective, calibrationSamples: calibrationSamples, quantization: quantization)
  }

  /// Sends what was printed; ends the program where nobody takes it.
  static func sendReplies() {
    guard let reason = StandardStreams.flushOutput() else { return }
    _ = StandardStreams.write("haq-evaluator: error: cannot reply: \(reason)\n", to: STDERR_FILENO)
    Glibc.exit(1)
  }
}
