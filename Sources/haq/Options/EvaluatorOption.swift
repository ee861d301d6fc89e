public import ArgumentParser
import Evaluation
import Foundation
public import Quantization

/// Which data accuracy is measured on, and how.
struct EvaluatorOption: ParsableArguments {
  @Option(help: "The data set to measure accuracy on.")
  var data = "fashion-mnist"

  @Option(help: "The folder of the data set. (default: where its system package puts it)")
  var dataFolder: String?

  @Option(help: "Threads of the evaluator; results are repeatable at one count.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Scales of weights: one for each output `channel`, or one for the `tensor`.")
  var weightScales = WeightGranularity.perChannel

  func validate() throws {
    guard (1...1024).contains(threads) else { throw ValidationError("--threads must be 1 to 1024.") }
  }

  /// Starts the built-in evaluator, which lies beside this program.
  func start(network: String) throws -> EvaluatorProcess {
    let program = URL(filePath: RunningProgram.path).deletingLastPathComponent()
      .appending(path: "haq-evaluator")
    var arguments = [
      "--network", network, "--data", data, "--threads", "\(threads)", "--weight-scales",
      weightScales.rawValue,
    ]
    if let dataFolder { arguments += ["--data-folder", dataFolder] }
    return try EvaluatorProcess(executable: program, arguments: arguments)
  }
}

extension WeightGranularity: ExpressibleByArgument {}
