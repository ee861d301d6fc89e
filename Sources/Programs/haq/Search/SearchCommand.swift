import ArgumentParser
import Core
import Documents
import Evaluation
import EvaluatorArguments
import Foundation
import Networks
import ONNX
import PrecisionSearch
import Quantization
import SearchRuns
import Specs
import Studies
import Targets
import Terminal

/// `haq search`: the policy of highest accuracy within budgets, or of least cost within an accuracy.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Searches the bits of every layer of a network, within budgets on one target or several.",
    discussion: """
      Finds the policy of highest accuracy within the budgets. Each budget holds on every target. Before the search, \
      haq prints the least value that each metric can reach, and names budgets that exclude each other. With \
      --accuracy-drop it finds the policy of least cost that keeps the accuracy instead. Fractions of uniform 8 bit are \
      fractions of the reference where the target's spec states another.

      The default method measures the sensitivity of each layer at each width, solves an integer program for the best \
      widths within the budgets, and spends the remaining evaluations near that solution. At the end haq fine-tunes the \
      best policies and the largest uniform policies within the budgets in the same way, and compares them on the \
      validation split. It measures the winners and the uniform reference on the test split once.

      The run folder receives study.haq, which records the whole search and continues it after an interruption (haq study \
      resume), and the results: policy.json (haq.policy/1), report.json and episodes.jsonl. Ctrl-C, SIGTERM and the end \
      of the terminal end the search after the evaluation that is running, and keep the best policy so far; a second \
      Ctrl-C ends it at once.

      Examples:
        haq search fashion-mobilenet-v1 --target bismo-zynq7020 --latency 0.6x -o edge-run
        haq search my-network.onnx --target bismo-vu9p --latency 1.5ms --weight-bytes 0.5x
        haq search my-network.onnx --target bismo-zynq7020 --peak-activation-bytes 200kB
        haq search fashion-mobilenet-v1 --targets bismo-zynq7020,bismo-vu9p --latency 0.6x
        haq search fashion-mobilenet-v1 --target bismo-zynq7020 --accuracy-drop 0.5
        haq search my-network.onnx --target bismo-vu9p --latency 0.5x --method ddpg --evaluations 600
        haq search my-network.onnx --target bismo-vu9p --latency 0.5x --method ddpg --workers 4 --reward-lag 8
        haq search fashion-mobilenet-v1 --quantizer kmeans --weight-bytes 0.3x
        haq search fashion-mobilenet-v1 --target bismo-zynq7020 --latency 0.6x --workers 16 --worker-launcher slurm

      --quantizer kmeans stores weights as indices into a codebook for each layer and leaves activations in 32-bit \
      floating point. It reduces size only: it takes no target, and its only budget is --weight-bytes, which counts indices \
      and centroids. The report compares with Deep Compression: one width for convolutions, one for fully connected layers. \
      Codebooks need fine-tuning; use --finetune-samples 640 or more.

      --workers 2 measures two policies at once, each with half of --threads. The result equals that of one worker with \
      that many threads, byte for byte. --worker-launcher slurm runs each worker as a job of a Slurm cluster, inside an \
      allocation as a step of it, with --threads each; the study stays on this machine. ddpg chooses one policy after \
      the other, so that more workers speed up only its final comparison, unless --reward-lag is above 1. A policy is \
      recorded as failed when its evaluator crashes or exceeds --evaluator-timeout three times; the search continues \
      without it.

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line, 130 ended by Ctrl-C, 143 by SIGTERM, \
      129 by SIGHUP.
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup(title: OptionTitle.networkAndTarget) var size: InputSizeOption
  @OptionGroup(title: OptionTitle.networkAndTarget) var targets: TargetsOption
  @OptionGroup(title: OptionTitle.limits) var budgets: BudgetOptions
  @OptionGroup(title: OptionTitle.limits) var confidence: ConfidenceOption
  @OptionGroup(title: OptionTitle.limits) var objective: ObjectiveOption
  @OptionGroup(title: OptionTitle.limits) var tiedWidths: TiedWidthsOption
  @OptionGroup var method: SearchMethodOptions
  @OptionGroup var evaluator: EvaluatorOption
  @OptionGroup(title: OptionTitle.workers) var workers: WorkersOption
  @OptionGroup(title: OptionTitle.output) var study: StudyOptions
  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  /// Where the search is recorded, and what it starts from.
  struct StudyOptions: ParsableArguments {
    @Option(
      name: [.customShort("o"), .long],
      help: ArgumentHelp(
        "Run folder to write, which must be new or empty. (default: NETWORK-TARGET-seedN.haqrun)",
        valueName: "folder"))
    var output: String?

    @Option(
      help: ArgumentHelp(
        "Reuse the evaluations of this study; network, data and evaluator must be the same.",
        valueName: "study"))
    var fork: String?
  }

  private var isForSize: Bool { evaluator.quantization.quantizer == .kMeans }

  func validate() throws {
    try validateClips()
    if isForSize {
      try validateSizeSearch()
    } else {
      try targets.require()
    }
    if budgets.limits.isEmpty, objective.accuracyDrop == nil {
      throw ValidationError(
        "Give a budget (--latency, --energy, --weight-bytes or --peak-activation-bytes), or --accuracy-drop to minimize cost."
      )
    }
    if objective.accuracyDrop != nil, method.method != .auto, method.method != .evolution {
      throw ValidationError(
        "--accuracy-drop works with --method auto or evolution, not \(method.method.rawValue).")
    }
    if objective.accuracyDrop != nil, method.finalFineTuning.contenders != nil {
      throw ValidationError(
        "--contenders race for the highest accuracy, and --accuracy-drop looks for the least cost; give one of them."
      )
    }
  }

  private func validateClips() throws {
    if let name = method.learnedRanges, evaluator.quantization.activationRange != .symmetric {
      throw ValidationError(
        "\(name) learns ranges without zero points; leave out --activation-range asymmetric.")
    }
  }

  private func validateSizeSearch() throws {
    guard !targets.areGiven else {
      throw ValidationError(
        "--quantizer kmeans takes no target: targets have costs for integer weights and activations, not for "
          + "codebooks and floating-point activations.")
    }
    guard budgets.limits.allSatisfy({ $0.metric == .weightBytes }),
      objective.minimize.map({ $0 == .weightBytes }) ?? true
    else {
      throw ValidationError(
        "--quantizer kmeans has size as its only cost; give --weight-bytes as the only budget.")
    }
    if let name = method.learnedRanges {
      throw ValidationError(
        "\(name) learns ranges of integers, and --quantizer kmeans has codebooks; give one of them.")
    }
  }

  /// One for each target; sizes alone without any.
  private func costTables(of named: NamedNetwork) throws -> [CostTable] {
    guard !isForSize else {
      return [try CodebookStorage.table(of: try named.layers(batch: network.batch, defaultBatch: 1))]
    }
    return try targets.resolve().map {
      try confidence.applied(to: named.costTable(on: $0, batch: network.batch))
    }
  }

  func run() throws { try run(arguments: RunningProgram.commandArguments, resuming: nil) }

  /// - Parameters:
  ///   - arguments: What this command was read from, for the study to keep.
  ///   - study: The study to continue; nil starts one.
  func run(arguments: [String], resuming study: String?) throws {
    let named = try network.read(inputSize: size.inputSize)
    let tables = try costTables(of: named)
    let tied = try tiedWidths.resolve(named.graph, for: tables[0].network)
    let plan = try method.plan()
    let problem = try problem(tables, tied, evaluator.measurableWidths())
    let name = tables[0].network.name
    let ids = tables.map(\.provenance.name).joined(separator: "+")
    let programSHA256 = try RunningProgram.sha256()
    let folder =
      try study.map { try RunFolder(resuming: $0, programSHA256: programSHA256) }
      ?? RunFolder(
        creating: self.study.output ?? "\(name)-\(ids)-seed\(method.seed).haqrun",
        programSHA256: programSHA256)
    do {
      let document = try search(named, problem, plan, in: folder, arguments: arguments)
      try format.print(document, text: document.text(tables))
      if document.ending != .completed { throw ExitCode(Interrupt.exitCode) }
    } catch {
      folder.removeIfNothingWasMeasured()
      throw error
    }
  }

  private func problem(
    _ tables: [CostTable], _ tiedWidths: TiedWidths, _ measurable: MeasurableWidths
  ) throws -> SearchProblem {
    let held = isForSize ? Precision(weight: .eight, activation: .float) : nil
    do throws(PrecisionSearchError) {
      let space = try SearchSpace(
        tables, pinning: method.searchEnds ? .none : .firstAndLast(held), measurable: measurable,
        tiedWidths: tiedWidths)
      do throws(PrecisionSearchError) {
        let resolved = try BudgetSet(budgets.requests(targetCount: space.tables.count), in: space)
        return SearchProblem(space, budgets: resolved, objective: try objective.objective(in: space))
      } catch {
        // Which pairs are left out may be why a limit cannot be met.
        for note in space.notes { Messages.note(note) }
        throw error
      }
    } catch {
      throw error.diagnostics
    }
  }

  private func search(
    _ named: NamedNetwork, _ presumed: SearchProblem, _ plan: SearchPlan, in folder: RunFolder,
    arguments: [String]
  ) throws -> SearchDocument {
    let data = self.evaluator.evaluator == nil ? PendingFingerprint(self.evaluator.data.request) : nil
    let log = WorkersLog(in: folder.path, areElsewhere: !workers.areLocal)
    let evaluator = try evaluator.pool(
      workers, network.network, for: presumed.space.table.network, inputSize: size.inputSize, log)
    // Nobody waits for what is no longer needed.
    defer {
      evaluator.end()
      log.noteEnd(evaluator.states)
    }
    // A custom evaluator says only now which widths it has.
    let measurable = self.evaluator.measurableWidths(evaluator.description)
    let settled =
      measurable == self.evaluator.measurableWidths()
      ? presumed : try problem(presumed.space.tables, presumed.space.tiedWidths, measurable)
    workers.tell(self.evaluator, limits: plan.method == .ddpg ? limits(ofLag: plan.agent.rewardLag) : "")
    let run = SearchRun(
      settled, plan, evaluator: evaluator.description, quantization: self.evaluator.quantizationStamp)
    let facts = SearchFacts(
      run,
      evaluator: .init(
        command: evaluator.command, networkSHA256: try contentSHA256(of: named, settled.space.table.network),
        data: try data?.get()))
    let progress = SearchProgress(evaluator, settled)
    defer { progress.end() }
    let observer = SearchObserver(onEvent: progress.show, shouldStop: { Interrupt.isRequested })
    let start = StudyStart(
      arguments: self.arguments(arguments), facts: facts.all(programSHA256: folder.programSHA256),
      problem: run.studyProblem,
      costTables: settled.space.tables, forked: self.study.fork)
    let files = try start.files(in: folder, observer)
    try BudgetLines(settled).write()
    Interrupt.watch()
    return try run.run(asking: evaluator, in: files, observer)
  }

  /// What more workers are good for where the agent chooses.
  private func limits(ofLag lag: Int) -> String {
    if lag == 1 {
      return "; ddpg chooses one policy after the other, so they speed up only the final comparison; "
        + "--reward-lag \(2 * workers.count) would keep them busy"
    }
    return lag < workers.count
      ? "; --reward-lag \(lag) keeps at most \(lag) of them busy until the final comparison" : ""
  }

  /// The arguments with the number of threads, whose default depends on the machine.
  private func arguments(_ arguments: [String]) -> [String] {
    let hasThreads = arguments.contains { $0 == "--threads" || $0.hasPrefix("--threads=") }
    return (hasThreads ? [] : ["--threads", "\(evaluator.threads)"]) + arguments
  }

  /// SHA-256 of the operations and numbers that the evaluator computes with.
  ///
  /// A file was read with its numbers; what is built in is costed without them. A .json list has shapes alone; only the
  /// user's evaluator knows the numbers.
  private func contentSHA256(of named: NamedNetwork, _ layers: Network) throws -> String {
    guard let graph = named.graph else { return layers.shapeSHA256 }
    let source = try NetworkSource(argument: network.network, otherExtensions: ["json"])
    if case .onnx = source { return graph.contentSHA256 }
    return try source.trainedGraph(inputSize: size.inputSize).contentSHA256
  }
}
