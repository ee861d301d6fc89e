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
import Studies
import Targets

/// `haq search`: the policy of highest accuracy within budgets, or of least cost within an accuracy.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Searches bits for every layer of a network, within budgets on a target or on several.",
    discussion: """
      The default method measures the sensitivity of each layer at each width, solves exactly for the widths that \
      suffer least within the budget, and spends the remaining evaluations around that solution. With \
      --method ddpg, HAQ's agent (CVPR 2019) proposes a policy an episode, bits are lowered until all budgets \
      hold, and the accuracy is the reward. At the end the best policies, and every uniform policy that is the \
      largest within the budgets, are fine-tuned alike and measured on the validation split; one that fine-tuning makes worse stays as \
      calibrated. The winners and uniform 8 bit are measured on the test split, once.

      Several budgets hold at once, each on every target of --targets. What each can reach at least is told before \
      anything runs, and limits that exclude each other are named. --accuracy-drop turns the question round: the \
      least cost that keeps the accuracy.

      The run folder receives study.haq, which holds everything and survives every interruption (haq study resume), \
      and what follows from it: policy.json (haq.policy/1), episodes.jsonl and report.json. Ctrl-C ends the search \
      and keeps the best policy found.

      Examples:
        haq search fashion-mobilenet-v1 --target bismo-zynq7020 --latency 0.6x -o edge-run
        haq search my-network.onnx --target bismo-vu9p --latency 1.5ms --weight-bytes 0.5x
        haq search my-network.onnx --target bismo-zynq7020 --peak-activation-bytes 200kB
        haq search fashion-mobilenet-v1 --targets bismo-zynq7020,bismo-vu9p --latency 0.6x
        haq search fashion-mobilenet-v1 --target bismo-zynq7020 --accuracy-drop 0.5
        haq search my-network.onnx --target bismo-vu9p --latency 0.5x --method ddpg --evaluations 600
        haq search fashion-mobilenet-v1 --quantizer kmeans --weight-bytes 0.3x

      With --quantizer kmeans, weights become indices into a codebook of each layer and activations stay in floats. That is a \
      search for size: it takes no target, --weight-bytes counts the indices and the 32-bit centroids, and the report \
      compares with Deep Compression: one width for convolutions and one for fully connected layers. Codebooks need \
      training after them; search with --finetune-samples 640 or more.

      --workers 2 measures two policies at once, each by an evaluator with half of --threads. The results are those of one \
      worker with as many threads, byte for byte. What is decided policy by policy, as by ddpg, gains only in the \
      comparison at the end. A policy on which evaluators crash or exceed --evaluator-timeout three times is recorded as \
      failed, and the search goes on without it.

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong, 130 ended by Ctrl-C.
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup var size: InputSizeOption
  @OptionGroup var targets: TargetsOption
  @OptionGroup var budgets: BudgetOptions
  @OptionGroup var objective: ObjectiveOption
  @OptionGroup var method: SearchMethodOptions
  @OptionGroup var tiedWidths: TiedWidthsOption
  @OptionGroup var evaluator: EvaluatorOption

  @OptionGroup var workers: WorkersOption

  @Option(
    name: [.customShort("o"), .long],
    help: "The run folder, which must be new or empty. (default: NETWORK-TARGET-seedN.haqrun)")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Take over what this study's evaluator has answered, instead of asking again; network, data and evaluator "
        + "must be the same.", valueName: "study"))
  var fork: String?

  @OptionGroup var format: FormatOption

  private var isForSize: Bool { evaluator.quantization.quantizer == .kMeans }

  func validate() throws {
    if isForSize {
      try validateSizeSearch()
    } else {
      try targets.require()
    }
    if budgets.limits.isEmpty, objective.accuracyDrop == nil {
      throw ValidationError(
        "Give a budget: --latency, --energy, --weight-bytes or --peak-activation-bytes; or --accuracy-drop, to minimise cost."
      )
    }
    if objective.accuracyDrop != nil, method.method != .auto, method.method != .evolution {
      throw ValidationError(
        "--accuracy-drop is for --method auto or evolution, not \(method.method.rawValue).")
    }
  }

  private func validateSizeSearch() throws {
    guard !targets.areGiven else {
      throw ValidationError(
        "--quantizer kmeans is a search for size and takes no target: hardware models cost integer weights and "
          + "activations, not codebooks and floats.")
    }
    guard budgets.limits.allSatisfy({ $0.metric == .weightBytes }),
      objective.minimize.map({ $0 == .weightBytes }) ?? true
    else {
      throw ValidationError("--quantizer kmeans knows no cost but size: give --weight-bytes alone.")
    }
    guard !method.pact else {
      throw ValidationError("--pact learns clips of activations; --quantizer kmeans leaves them in floats.")
    }
  }

  /// One for each target; sizes alone without any.
  private func costTables(of named: NamedNetwork) throws -> [CostTable] {
    guard !isForSize else {
      return [try CodebookStorage.table(of: try named.layers(batch: network.batch, defaultBatch: 1))]
    }
    return try targets.resolve().map { try named.costTable(on: $0, batch: network.batch) }
  }

  func run() throws { try run(arguments: RunningProgram.commandArguments, resuming: nil) }

  /// - Parameters:
  ///   - arguments: What this command was read from, for the study to keep.
  ///   - study: The study to carry on; nil starts one.
  func run(arguments: [String], resuming study: String?) throws {
    let named = try network.read(inputSize: size.inputSize)
    let tables = try costTables(of: named)
    let eightBit = isForSize ? Precision(weight: .eight, activation: .float) : .eight
    let space = try SearchSpace(
      tables, pinning: method.searchEnds ? .none : .firstAndLast(eightBit),
      tiedWidths: try tiedWidths.resolve(named.graph, for: tables[0].network))
    let plan = try method.plan()
    let problem = try problem(space)
    let name = tables[0].network.name
    let ids = tables.map(\.provenance.name).joined(separator: "+")
    let programSHA256 = try RunningProgram.sha256()
    let folder =
      try study.map { try RunFolder(resuming: $0, programSHA256: programSHA256) }
      ?? RunFolder(
        creating: output ?? "\(name)-\(ids)-seed\(method.seed).haqrun", programSHA256: programSHA256)
    do {
      let document = try search(named, problem, plan, in: folder, arguments: arguments)
      try format.print(document, text: document.text(tables))
      if document.ending != .completed { throw ExitCode(130) }
    } catch {
      folder.removeIfNothingWasMeasured()
      throw error
    }
  }

  private func problem(_ space: SearchSpace) throws -> SearchProblem {
    do {
      let resolved = try BudgetSet(budgets.requests(targetCount: space.tables.count), in: space)
      return SearchProblem(space, budgets: resolved, objective: try objective.objective(in: space))
    } catch {
      throw error.diagnostics
    }
  }

  private func search(
    _ named: NamedNetwork, _ problem: SearchProblem, _ plan: SearchPlan, in folder: RunFolder,
    arguments: [String]
  ) throws -> SearchDocument {
    let data = self.evaluator.evaluator == nil ? PendingFingerprint(self.evaluator.data.request) : nil
    let evaluator = try evaluator.pool(
      workers.count, network.network, for: problem.space.table.network, inputSize: size.inputSize,
      log: URL(filePath: "\(folder.path)/evaluator.log"))
    // Nobody waits for what is no longer needed.
    defer { evaluator.end() }
    workers.tell(
      self.evaluator,
      limits: plan.method == .ddpg ? "; ddpg decides policy by policy, so they help at the end only" : "")
    let run = SearchRun(
      problem, plan, evaluator: evaluator.description, quantization: self.evaluator.quantizationStamp)
    let facts = SearchFacts(
      run,
      evaluator: .init(
        command: evaluator.command, networkSHA256: try contentSHA256(of: named), data: try data?.get()))
    let progress = SearchProgress(evaluator, problem)
    defer { progress.end() }
    let observer = SearchObserver(onEvent: progress.show, shouldStop: { Interrupt.isRequested })
    let start = StudyStart(
      arguments: self.arguments(arguments), facts: facts.all(programSHA256: folder.programSHA256),
      problem: run.studyProblem,
      costTables: problem.space.tables, forked: fork)
    let files = try start.files(in: folder, observer)
    try BudgetLines(problem).tell()
    Interrupt.watch()
    return try run.run(asking: evaluator, in: files, observer)
  }

  /// What depends on the machine unless it is stated is stated.
  private func arguments(_ arguments: [String]) -> [String] {
    let hasThreads = arguments.contains { $0 == "--threads" || $0.hasPrefix("--threads=") }
    return (hasThreads ? [] : ["--threads", "\(evaluator.threads)"]) + arguments
  }

  /// SHA-256 of the operations and numbers that the evaluator computes with.
  ///
  /// A file was read with its numbers; what is built in is costed without them.
  private func contentSHA256(of named: NamedNetwork) throws -> String {
    let source = try NetworkSource(argument: network.network, otherExtensions: ["json"])
    if case .onnx = source, let graph = named.graph { return graph.contentSHA256 }
    return try source.trainedGraph(inputSize: size.inputSize).contentSHA256
  }
}
