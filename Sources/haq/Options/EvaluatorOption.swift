public import ArgumentParser
import Diagnostics
import Evaluation
import Foundation
import HardwareModel
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

extension EvaluatorProcess {
  /// Throws a `Diagnostic` when the evaluator holds other layers than `network`.
  func require(layersOf network: Network) throws {
    guard description.layers == network.layers.map(\.name) else {
      throw Diagnostic(
        "the evaluator's network has the layers \(description.layers.joined(separator: ", ")), not those of "
          + "\(network.name) on the target; both must be the same, in one order")
    }
  }
}

extension WeightGranularity: ExpressibleByArgument {}
