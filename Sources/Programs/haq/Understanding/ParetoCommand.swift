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

/// `haq pareto`: a search at each of several budgets, and the uniform policies beside them.
struct ParetoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pareto",
    abstract: "Sweeps a budget, and draws accuracy against cost beside the uniform policies.",
    discussion: """
      Sensitivities are measured once; for each budget the integer program is solved again, and the evaluations of --evaluations \
      are spent around its solution. Every uniform policy is measured too. All accuracies are of the validation \
      samples of --search-samples, after the fine-tuning of --finetune-samples, so that both curves are alike.

      The folder receives pareto.csv, pareto.json and pareto.svg with every policy measured; a policy is dominated when \
      another one of its kind costs no more and is no less accurate, and better in one of them. Ctrl-C ends the sweep and \
      keeps what was measured. evaluator.log has what the evaluators say on their standard error.

      --workers 2 measures two policies at once; the results are those of one worker with as many threads. A policy on \
      which evaluators crash or exceed --evaluator-timeout three times is told as failed, and is no point of the curves.

      Examples:
        haq pareto fashion-mobilenet-v1 --target bismo-zynq7020 -o edge-pareto
        haq pareto my-network.onnx --target bismo-vu9p --latency 0.3x,0.5x,2ms --evaluations 120
        haq pareto my-network.onnx --target bismo-vu9p --peak-activation-bytes 0.5x,300kB

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong, 130 ended by Ctrl-C.
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup var size: InputSizeOption
  @OptionGroup var target: TargetOption

  @OptionGroup(title: "Limits") var limits: SweepOptions

  @Option(
    help: "Policies measured for all limits together, in equal parts; uniform policies are measured besides.")
  var evaluations = 48

  @Option(help: "Fixes every random choice.")
  var seed: UInt64 = 1

  @Option(help: "Validation samples that measure each policy.")
  var searchSamples = 2000

  @Option(help: "Validation samples of each sensitivity measurement.")
  var sensitivitySamples = 64

  @Option(
    help: "Training samples that fine-tune each policy before it is measured; 0 measures as calibrated.")
  var finetuneSamples = 0

  @Option(help: "Peak learning rate of fine-tuning.")
  var finetuneRate = 0.003

  @Flag(help: "Search the first and the last layer too, instead of holding them at 8 bit.")
  var searchEnds = false

  @OptionGroup var tiedWidths: TiedWidthsOption
  @OptionGroup var evaluator: EvaluatorOption

  @OptionGroup var workers: WorkersOption

  @Option(
    name: [.customShort("o"), .long],
    help: "The folder to write, which must be new or empty. (default: NETWORK-TARGET.pareto)")
  var output: String?

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard evaluations > 0, searchSamples > 0, sensitivitySamples > 0, finetuneSamples >= 0, finetuneRate > 0
    else {
      throw ValidationError(
        "--evaluations, --search-samples, --sensitivity-samples and --finetune-rate must be above 0, --finetune-samples "
          + "not below.")
    }
    guard evaluations >= limits.requests.count else {
      throw ValidationError(
        "--evaluations \(evaluations) is less than one for each of the \(limits.requests.count) limits.")
    }
  }

  func run() throws {
    let target = try target.resolve()
    let named = try network.read(inputSize: size.inputSize)
    let table = try named.costTable(on: target, batch: network.batch)
    let space = try SearchSpace(
      table, pinning: searchEnds ? .none : .firstAndLast(.eight),
      tiedWidths: try tiedWidths.resolve(named.graph, for: table.network))
    let budgets = try resolved(in: space)
    let folder = try OutputFolder(creating: output ?? "\(table.network.name)-\(target.spec.id).pareto")
    do {
      let evaluator = try evaluator.pool(
        workers.count, network.network, for: table.network, inputSize: size.inputSize,
        log: URL(filePath: "\(folder.path)/evaluator.log"))
      // Nobody waits for what is no longer needed.
      defer { evaluator.end() }
      workers.tell(self.evaluator)
      Interrupt.watch()
      let progress = SearchProgress(evaluator, SearchProblem(space, budget: budgets[0]))
      defer { progress.end() }
      let samples = min(searchSamples, evaluator.description.validationSamples)
      let sweep = try ParetoSweep(
        space, budgets: budgets,
        options: SearchOptions(
          evaluations: evaluations, seed: seed,
          fineTuning: finetuneSamples > 0
            ? FineTuning(samples: finetuneSamples, learningRate: finetuneRate, seed: seed) : nil,
          samples: samples), sensitivitySamples: sensitivitySamples)
      var done = 0
      let found = try sweep.run(RememberingEvaluator(evaluator)) { step in
        progress.show(step, policies: &done, of: sweep.planned)
        return Interrupt.isRequested ? .stop : .next
      }
      guard let found else {
        throw Diagnostic(
          "stopped while measuring sensitivities, before any policy was measured; nothing was kept.")
      }
      progress.end()
      let document = ParetoDocument(
        found, of: limits.metric, in: space, data: evaluator.description.data, seed: seed)
      try folder.write(document.csv, to: "pareto.csv")
      try folder.write(try document.json(), to: "pareto.json")
      try folder.write(document.chart.file, to: "pareto.svg")
      try format.print(document, text: document.text)
      if !found.isComplete { throw ExitCode(130) }
    } catch {
      folder.removeIfEmpty()
      throw error
    }
  }

  private func resolved(in space: SearchSpace) throws -> [Budget] {
    var problems: [PrecisionSearchError] = []
    var budgets: [Budget] = []
    for request in limits.requests {
      do {
        budgets.append(try Budget(limits.metric, request.amount, in: space))
      } catch {
        problems.append(error)
      }
    }
    guard problems.isEmpty else { throw PrecisionSearchError.several(problems).diagnostics }
    return budgets
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
