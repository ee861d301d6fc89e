import ArgumentParser
import Core
import Diagnostics
import Documents
import Evaluation
import EvaluatorArguments
import Foundation
import Networks
import Quantization
import SystemLimits
import Terminal
import WorkerLaunchers

/// The program that measures accuracy, and the data and quantizers it measures with.
struct EvaluatorOption: ParsableArguments {
  @OptionGroup(title: OptionTitle.evaluator) var program: EvaluatorProgramOptions

  @OptionGroup(title: "Data") var data: DataArguments

  @OptionGroup(title: "Quantization") var quantization: QuantizationArguments

  var evaluator: String? { program.evaluator }
  var threads: Int { program.threads }
  private var evaluatorTimeout: Int? { program.evaluatorTimeout }

  func validate() throws {
    guard evaluator != nil else { return }
    let standard = Self.options(
      try DataArguments.parse([]).commandLine + QuantizationArguments.parse([]).commandLine)
    let given = Self.options(data.commandLine + quantization.commandLine).filter { !standard.contains($0) }
    guard given.isEmpty else {
      throw ValidationError(
        "--evaluator reads its own data and has its own quantizers, so it ignores \(given.joined(separator: " ")). "
          + "Write its options inside the quotes of --evaluator.")
    }
  }

  /// Each option of a command line with its value, such as `--clipping max`.
  private static func options(_ words: [String]) -> [String] {
    words.reduce(into: []) { options, word in
      if word.hasPrefix("--") { options.append(word) } else { options[options.count - 1] += " \(word)" }
    }
  }

  /// Nil for a custom evaluator, which has its own quantizers.
  var quantizationStamp: QuantizationStamp? { evaluator == nil ? QuantizationStamp(quantization) : nil }

  /// The widths that the evaluator can measure, as far as they are known.
  ///
  /// - Parameter description: What a custom evaluator says once it has started; nil before.
  func measurableWidths(_ description: EvaluatorDescription? = nil) -> MeasurableWidths {
    if evaluator == nil, quantization.quantizer == .linear {
      return MeasurableWidths(weights: TensorQuantizer.formats, activations: TensorQuantizer.formats)
    }
    return description?.measurableWidths ?? .assumed
  }

  /// Starts the evaluator for a NETWORK argument.
  ///
  /// - Parameters:
  ///   - inputSize: The height and width of the images; a custom evaluator resizes its images itself.
  ///   - log: A file that its standard error is added to; nil hands it on to this program's.
  func start(network: String, inputSize: InputSize? = nil, log: URL? = nil) throws -> EvaluatorProcess {
    let process = try EvaluatorProcess(
      try launch(network: network, inputSize: inputSize, threads: threads, log: log))
    for note in process.description.notes ?? [] { Messages.note(note) }
    return process
  }

  /// Starts several evaluators at once, and checks that they mean the layers of `network`.
  ///
  /// - Parameter log: Hears what happens to workers, and names the file that the first one's standard error is added to;
  ///   the others' have their number in the name.
  func pool(
    _ workers: WorkersOption, _ argument: String, for network: Network, inputSize: InputSize?,
    _ log: WorkersLog
  ) throws -> EvaluatorPool {
    // Each has pipes, a log, and more while it starts.
    try ProcessLimits.requireOpenFiles(64 + 8 * workers.count)
    let threads = threads(of: workers)
    let launcher = try workers.place.resolve(threads: evaluator == nil ? threads : nil)
    let launches = try (1...workers.count).map { worker in
      let here = try launch(
        network: argument, inputSize: inputSize, threads: threads,
        log: worker == 1 ? log.evaluatorLog : log.evaluatorLog.numbered(worker))
      return launcher.launch(here, worker: worker)
    }
    let pool = try EvaluatorPool(launches, onEvent: log.note, whileStarting: log.noteWaiting)
    for note in pool.description.notes ?? [] { Messages.note(note) }
    try pool.description.requireLayers(of: network)
    return pool
  }

  /// Of each of several evaluators: those of one machine share its threads.
  func threads(of workers: WorkersOption) -> Int {
    workers.areLocal ? max(1, threads / workers.count) : threads
  }

  /// Starts the evaluator and checks that it means the layers of `network`.
  func start(
    _ argument: String, for network: Network, inputSize: InputSize? = nil, log: URL? = nil
  ) throws -> EvaluatorProcess {
    let process = try start(network: argument, inputSize: inputSize, log: log)
    try process.description.requireLayers(of: network)
    return process
  }

  /// The user's program, or the one beside this one.
  ///
  /// Throws a `Diagnostic` for a network that only the user's program can hold.
  private func launch(
    network: String, inputSize: InputSize?, threads: Int, log: URL?
  ) throws -> EvaluatorLaunch {
    if evaluator == nil, network.lowercased().hasSuffix(".json") {
      throw Diagnostic(
        "a list of layers has no operations and no weights, so haq-evaluator cannot measure its accuracy.",
        at: .init(file: network),
        hint: "Name an ONNX file or a built-in network, or your own program with --evaluator.")
    }
    var launch =
      evaluator.map(EvaluatorLaunch.init(shellCommand:))
      ?? EvaluatorLaunch(
        executable: Self.builtIn,
        arguments: ["--network", network, "--threads", "\(threads)"] + (inputSize?.commandLine ?? [])
          + data.commandLine + quantization.commandLine)
    launch.timeout = evaluatorTimeout.map { .seconds($0) }
    launch.log = log
    launch.restarts = EvaluatorLaunch.mostRestarts
    return launch
  }

  /// The program that comes with haq; when it is missing, the error names the place beside this program.
  private static var builtIn: URL {
    let (installation, name) = (RunningProgram.installation, "haq-evaluator")
    return URL(filePath: installation.program(named: name) ?? installation.programs(named: name)[0])
  }
}

/// Which program measures accuracy, and with which resources.
struct EvaluatorProgramOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Program that measures accuracy instead of haq-evaluator, as a shell command, such as \"python3 my_eval.py\"; it "
        + "follows docs/evaluator.md and reads its own data.", valueName: "command"))
  var evaluator: String?

  @Option(
    help: ArgumentHelp(
      "Seconds that a reply of the evaluator, or an epoch of training, may take before haq restarts it; a policy that fails three times is given up. (default: no limit)",
      valueName: "seconds"))
  var evaluatorTimeout: Int?

  @Option(
    help: ArgumentHelp(
      "CPU threads of haq-evaluator, 1 to 1024; results depend on the number of threads.", valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads must be 1 to 1024, not \(threads).")
    }
    guard evaluatorTimeout.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--evaluator-timeout must be at least 1 second.")
    }
  }
}

extension URL {
  /// `evaluator.log` becomes `evaluator-2.log`.
  fileprivate func numbered(_ number: Int) -> URL {
    let name = deletingPathExtension().lastPathComponent
    return deletingLastPathComponent().appending(path: "\(name)-\(number).\(pathExtension)")
  }
}
