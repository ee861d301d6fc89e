public import ArgumentParser
import Datasets
import Foundation
import Glibc
import Networks
public import Quantization
import Tensors
import Training

/// Answers accuracy questions about one network and one data set, on standard input and output.
@main
struct HaqEvaluator: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "haq-evaluator",
    abstract: "Measure how accurate a network is at given bit widths.",
    discussion: """
      haq starts this program and talks to it in the protocol of docs/evaluator.md: one JSON object a \
      line on standard input, one or more lines in answer on standard output. By hand:

        echo '{"id":1,"method":"describe","parameters":{"protocol":"haq.evaluator/1.1"}}' \\
          | haq-evaluator --network fashion-mobilenet-v2
      """)

  @Option(help: "A bundled network, the name of an architecture to train, or an ONNX file.")
  var network: String

  @Option(help: "The data set: \(FashionMNIST.name).")
  var data = FashionMNIST.name

  @Option(help: "The folder of the data set; by default where its system package puts it.")
  var dataFolder: String?

  @Option(help: "Threads of arithmetic; results are repeatable at one count.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Training images that activation ranges are taken from.")
  var calibrationSamples = 512

  @Option(help: "Scales of weights: one for each output `channel`, or one for the `tensor`.")
  var weightScales = WeightGranularity.perChannel

  func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads must be at least 1") }
    guard (1...50_000).contains(calibrationSamples) else {
      throw ValidationError("--calibration-samples must be 1 to 50000")
    }
  }

  func run() throws {
    // Ctrl-C reaches every program of a terminal; this one ends when its input does, so that haq
    // can finish the question it has asked.
    signal(SIGINT, SIG_IGN)
    do {
      try TorchRuntime.configure(threads: threads)
      let session = EvaluationSession(
        network: try NetworkSource(argument: network), data: try loadData(),
        calibrationSamples: calibrationSamples, granularity: weightScales)
      session.serve()
    } catch {
      FileHandle.standardError.write(Data("haq-evaluator: error: \(error)\n".utf8))
      throw ExitCode.failure
    }
  }

  private func loadData() throws -> DataSplits {
    guard data == FashionMNIST.name else {
      throw DatasetError.unknown(name: data, known: [FashionMNIST.name])
    }
    return try FashionMNIST.load(from: dataFolder ?? FashionMNIST.defaultFolder)
  }
}

extension WeightGranularity: ExpressibleByArgument {}
