import ArgumentParser
import Core
import Diagnostics
import Documents
import Evaluation
import EvaluatorArguments
import Foundation
import PrecisionSearch
import Rendering
import Specs
import Targets
import Terminal

/// `haq pareto`: a search at each of several budgets, and the uniform policies beside them.
struct ParetoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pareto",
    abstract: "Sweeps a budget, and draws accuracy against cost beside the uniform policies.",
    discussion: """
      haq measures sensitivities once, solves the integer program for each budget, and spends the evaluations near the \
      solutions. It also measures every uniform policy. All accuracies come from the same validation samples, after the \
      same fine-tuning, so that the two curves are comparable.

      The folder receives pareto.csv, pareto.json and pareto.svg with every measured policy, and evaluator.log. A policy \
      is dominated when another one of its curve is at least as cheap and as accurate, and better in one of the two. \
      Ctrl-C ends the sweep and keeps the measured policies.

      --workers 2 measures two policies at once, each with half of --threads; the result equals that of one worker with \
      that many threads. A policy is reported as failed, and left out of the curves, when its evaluator crashes or \
      exceeds --evaluator-timeout three times.

      Examples:
        haq pareto fashion-mobilenet-v1 --target bismo-zynq7020 -o edge-pareto
        haq pareto my-network.onnx --target bismo-vu9p --latency 0.3x,0.5x,2ms --evaluations 120
        haq pareto my-network.onnx --target bismo-vu9p --peak-activation-bytes 0.5x,300kB

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line, 130 ended by Ctrl-C, 143 by SIGTERM, \
      129 by SIGHUP.
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup(title: OptionTitle.networkAndTarget) var size: InputSizeOption
  @OptionGroup(title: OptionTitle.networkAndTarget) var target: TargetOption
  @OptionGroup(title: OptionTitle.limits) var limits: SweepOptions
  @OptionGroup(title: OptionTitle.limits) var tiedWidths: TiedWidthsOption
  @OptionGroup(title: OptionTitle.method) var effort: EffortOptions
  @OptionGroup(title: OptionTitle.fineTuning) var fineTuning: FineTuningOptions
  @OptionGroup var evaluator: EvaluatorOption
  @OptionGroup(title: OptionTitle.workers) var workers: WorkersOption
  @OptionGroup(title: OptionTitle.output) var folder: FolderOption
  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  /// How much is measured.
  struct EffortOptions: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Total number of evaluations, shared equally among the limits; uniform policies are extra.",
        valueName: "n"))
    var evaluations = 48

    @OptionGroup var measuring: MeasuringOptions

    @Option(help: ArgumentHelp("Validation samples for each sensitivity measurement.", valueName: "n"))
    var sensitivitySamples = 64

    @OptionGroup var source: SensitivitySourceOption

    @OptionGroup var ends: EndsOption

    func validate() throws {
      guard evaluations > 0, measuring.searchSamples > 0, sensitivitySamples > 0 else {
        throw ValidationError("--evaluations, --search-samples and --sensitivity-samples must be at least 1.")
      }
    }
  }

  /// `-o`.
  struct FolderOption: ParsableArguments {
    @Option(
      name: [.customShort("o"), .long],
      help: ArgumentHelp(
        "Folder to write, which must be new or empty. (default: NETWORK-TARGET.pareto)", valueName: "folder"))
    var output: String?
  }

  func validate() throws {
    try fineTuning.loss.require(samples: fineTuning.finetuneSamples)
    guard effort.evaluations >= limits.requests.count else {
      throw ValidationError(
        "--evaluations must be at least \(limits.requests.count), one for each limit, not \(effort.evaluations)."
      )
    }
  }

  private var seed: UInt64 { effort.measuring.seed }

  func run() throws {
    let target = try target.resolve()
    let named = try network.read(inputSize: size.inputSize)
    let table = try named.costTable(on: target, batch: network.batch)
    let tied = try tiedWidths.resolve(named.graph, for: table.network)
    func searchSpace(_ measurable: MeasurableWidths) throws -> SearchSpace {
      try SearchSpace(
        table, pinning: effort.ends.searchEnds ? .none : .firstAndLast(nil), measurable: measurable,
        tiedWidths: tied)
    }
    // Limits that cannot be met end the command before the evaluator starts.
    _ = try resolved(in: try searchSpace(evaluator.measurableWidths()))
    let folder = try OutputFolder(
      creating: self.folder.output ?? "\(table.network.name)-\(target.spec.id).pareto")
    do {
      let log = WorkersLog(in: folder.path, areElsewhere: !workers.areLocal)
      let evaluator = try evaluator.pool(
        workers, network.network, for: table.network, inputSize: size.inputSize, log)
      // Ends measurements that no one waits for.
      defer {
        evaluator.end()
        log.noteEnd(evaluator.states)
      }
      let space = try searchSpace(self.evaluator.measurableWidths(evaluator.description))
      let budgets = try resolved(in: space)
      for note in space.notes { Messages.note(note) }
      workers.tell(self.evaluator)
      Interrupt.watch()
      let progress = SearchProgress(evaluator, SearchProblem(space, budget: budgets[0]))
      defer { progress.end() }
      let samples = min(effort.measuring.searchSamples, evaluator.description.validationSamples)
      let sweep = try ParetoSweep(
        space, budgets: budgets,
        options: SearchOptions(
          evaluations: effort.evaluations, seed: seed,
          fineTuning: fineTuning.tuning(seed: seed), samples: samples),
        sensitivitySamples: effort.sensitivitySamples,
        sensitivities: effort.source.sensitivities)
      var done = 0
      let found = try sweep.run(RememberingEvaluator(evaluator)) { step in
        progress.show(step, policies: &done, of: sweep.planned)
        return Interrupt.isRequested ? .stop : .next
      }
      guard let found else {
        throw Diagnostic(
          "stopped while measuring sensitivities, before any policy was measured; there is nothing to save.")
      }
      progress.end()
      let document = ParetoDocument(
        found, of: limits.metric, in: space, data: evaluator.description.data, seed: seed,
        accuracyMetric: evaluator.description.metric)
      try folder.write(document.csv, to: "pareto.csv")
      try folder.write(try document.json(), to: "pareto.json")
      try folder.write(document.chart.file, to: "pareto.svg")
      try format.print(document, text: document.text)
      if !found.isComplete { throw ExitCode(Interrupt.exitCode) }
    } catch {
      folder.removeIfEmpty()
      throw error
    }
  }

  private func resolved(in space: SearchSpace) throws -> [Budget] {
    do throws(PrecisionSearchError) {
      return try BudgetSet.each(limits.requests, in: space)
    } catch {
      // Which pairs are left out may be why a limit cannot be met.
      for note in space.notes { Messages.note(note) }
      throw error.diagnostics
    }
  }
}

extension SearchProgress {
  /// Shows a step of a sweep, and counts its policies.
  fileprivate func show(_ step: ParetoSweep.Step, policies done: inout Int, of planned: Int) {
    func showPolicy(_ what: String) {
      done += 1
      show(
        .init("searching", done: done, of: planned, "policies, \(what)"),
        "\(what): policy \(done) of \(planned)")
    }
    switch step {
    case .sensitivity(let done, let planned):
      show(
        .init("measuring", done: done, of: planned, "sensitivities"),
        "measuring sensitivities: \(done) of \(planned)")
    case .searched(let budget, let problem, let result):
      showPolicy("within \(Quantity.cost(budget.limit, budget.metric))")
      note(result, problem)
    case .uniform(let precision): showPolicy("uniform \(precision)")
    }
  }
}
