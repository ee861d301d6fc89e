import ArgumentParser
import Evaluation
import EvaluatorArguments
import Foundation
import HardwareModel
import Networks

/// Who measures accuracy, on which data, and how.
struct EvaluatorOption: ParsableArguments {
  @Option(
    help: """
      A program that measures accuracy instead of haq-evaluator, as one types it: "python3 my_eval.py". It follows \
      docs/evaluator.md and has data of its own.
      """)
  var evaluator: String?

  @Option(
    help: ArgumentHelp(
      "How long the evaluator may be silent before it is started again. (default: for ever)", valueName: "s"))
  var evaluatorTimeout: Int?

  @OptionGroup(title: "Data") var data: DataArguments

  @OptionGroup(title: "Quantization") var quantization: QuantizationArguments

  @Option(help: "Threads of haq-evaluator; results are repeatable at one count.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...1024).contains(threads) else { throw ValidationError("--threads must be 1 to 1024.") }
    guard evaluatorTimeout.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--evaluator-timeout must be at least 1 second.")
    }
    guard evaluator != nil else { return }
    let standard = try DataArguments.parse([]).commandLine + QuantizationArguments.parse([]).commandLine
    let given = (data.commandLine + quantization.commandLine).filter { !standard.contains($0) }
    guard given.isEmpty else {
      throw ValidationError(
        "--evaluator has its own data and quantizers; \(given.joined(separator: " ")) would not reach it. "
          + "Write its options inside the quotes.")
    }
  }

  /// Nil for an evaluator with quantizers of its own.
  var quantizationStamp: QuantizationStamp? { evaluator == nil ? QuantizationStamp(quantization) : nil }

  /// Starts the evaluator for a NETWORK argument.
  ///
  /// - Parameters:
  ///   - inputSize: The height and width of the images, when they are to be others; a foreign evaluator sees to its own.
  ///   - log: A file that its standard error is added to; nil hands it on to this program's.
  func start(network: String, inputSize: InputSize? = nil, log: URL? = nil) throws -> EvaluatorProcess {
    var launch =
      evaluator.map(EvaluatorLaunch.init(shellCommand:)) ?? builtIn(network: network, inputSize: inputSize)
    launch.timeout = evaluatorTimeout.map { .seconds($0) }
    launch.log = log
    launch.restarts = 1
    launch.remembersAnswers = true
    return try EvaluatorProcess(launch)
  }

  /// Starts the evaluator and checks that it means the layers of `network`.
  func start(
    _ argument: String, for network: Network, inputSize: InputSize? = nil, log: URL? = nil
  ) throws -> EvaluatorProcess {
    let process = try start(network: argument, inputSize: inputSize, log: log)
    try process.description.requireLayers(of: network)
    return process
  }

  /// The program beside this one.
  private func builtIn(network: String, inputSize: InputSize?) -> EvaluatorLaunch {
    let program = URL(filePath: RunningProgram.path).deletingLastPathComponent()
      .appending(path: "haq-evaluator")
    return EvaluatorLaunch(
      executable: program,
      arguments: ["--network", network, "--threads", "\(threads)"]
        + (inputSize?.commandLine ?? []) + data.commandLine
        + quantization.commandLine)
  }
}
