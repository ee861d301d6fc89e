import ArgumentParser
import Core
import Evaluation
import EvaluatorArguments
import Foundation
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
      "How long the evaluator may be silent before it is started again; a policy is given up after three times. (default: for ever)",
      valueName: "s"))
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
    launch.restarts = Self.restarts
    launch.remembersAnswers = true
    return try EvaluatorProcess(launch)
  }

  /// A question is given up after three failures.
  private static let restarts = 2

  /// Starts several evaluators at once, which share the threads, and checks that they mean the layers of `network`.
  ///
  /// - Parameter log: The file that the first one's standard error is added to; the others' have their number in the name.
  func pool(
    _ workers: Int, _ argument: String, for network: Network, inputSize: InputSize?, log: URL?
  ) throws -> EvaluatorPool {
    let pool = try EvaluatorPool(
      (1...workers).map { worker in
        var launch =
          evaluator.map(EvaluatorLaunch.init(shellCommand:))
          ?? builtIn(network: argument, inputSize: inputSize, threads: threads(workers))
        launch.timeout = evaluatorTimeout.map { .seconds($0) }
        launch.log = log.map { worker == 1 ? $0 : $0.numbered(worker) }
        launch.restarts = Self.restarts
        launch.remembersAnswers = true
        return launch
      })
    try pool.description.requireLayers(of: network)
    return pool
  }

  /// Of each of several evaluators.
  func threads(_ workers: Int) -> Int { max(1, threads / workers) }

  /// Starts the evaluator and checks that it means the layers of `network`.
  func start(
    _ argument: String, for network: Network, inputSize: InputSize? = nil, log: URL? = nil
  ) throws -> EvaluatorProcess {
    let process = try start(network: argument, inputSize: inputSize, log: log)
    try process.description.requireLayers(of: network)
    return process
  }

  /// The program that comes with haq; when it is missing, the error names the place beside this program.
  private func builtIn(
    network: String, inputSize: InputSize?, threads: Int? = nil
  ) -> EvaluatorLaunch {
    let (installation, name) = (RunningProgram.installation, "haq-evaluator")
    let program = installation.program(named: name) ?? installation.programs(named: name)[0]
    return EvaluatorLaunch(
      executable: URL(filePath: program),
      arguments: ["--network", network, "--threads", "\(threads ?? self.threads)"]
        + (inputSize?.commandLine ?? []) + data.commandLine
        + quantization.commandLine)
  }
}

extension URL {
  /// `evaluator.log` becomes `evaluator-2.log`.
  fileprivate func numbered(_ number: Int) -> URL {
    let name = deletingPathExtension().lastPathComponent
    return deletingLastPathComponent().appending(path: "\(name)-\(number).\(pathExtension)")
  }
}
