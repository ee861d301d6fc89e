import ArgumentParser
import Core
import Diagnostics
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Targets
import Terminal

/// `haq sensitivity`: how much fewer bits in each layer change the outputs.
struct SensitivityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sensitivity",
    abstract: "Measures how much the outputs change when one layer has fewer bits.",
    discussion: """
      haq measures each layer, operand (weights or activations) and width, with everything else at the widest. The \
      sensitivity is the increase of the Kullback-Leibler divergence between the class probabilities and those of the \
      float baseline, on validation samples. For an evaluator that does not report it, haq uses the cross-entropy.

      With --target, the widths are those of the target that the evaluator can measure, and the table shows each \
      layer's share of the latency. Without it, the widths are 2 to 8 bits.

      Examples:
        haq sensitivity fashion-mobilenet-v1 --samples 128 --chart sensitivity.svg
        haq sensitivity fashion-mobilenet-v2 --target bismo-vu9p --format json
        haq sensitivity fashion-mobilenet-v2 --sensitivities estimated

      Exit codes: 0 done, 1 an error, 64 a mistake in the command line, 130 ended by Ctrl-C, 143 by SIGTERM, \
      129 by SIGHUP.
      """)

  @OptionGroup var network: NetworkArgument

  @OptionGroup(title: OptionTitle.networkAndTarget) var target: OptionalTargetOption

  @OptionGroup(title: OptionTitle.method) var measurement: MeasurementOption

  /// `--samples`.
  struct MeasurementOption: ParsableArguments {
    @Option(help: ArgumentHelp("Validation samples for each sensitivity measurement.", valueName: "n"))
    var samples = 256

    @OptionGroup var source: SensitivitySourceOption
  }

  private var samples: Int { measurement.samples }

  @OptionGroup var evaluator: EvaluatorOption

  @OptionGroup(title: OptionTitle.output) var chart: ChartOption

  @OptionGroup(title: OptionTitle.output) var force: ForceOption
  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  func validate() throws {
    guard samples > 0 else { throw ValidationError("--samples must be at least 1, not \(samples).") }
  }

  func run() throws {
    try chart.check(force)
    let table = try table()
    let evaluator = try evaluator.start(network: network.network)
    try evaluator.description.requireLayers(of: table.network)
    let space = try SearchSpace(
      table, pinning: .none, measurable: self.evaluator.measurableWidths(evaluator.description))
    for note in space.notes { Messages.note(note) }
    Interrupt.watch()
    let count = min(samples, evaluator.description.validationSamples)
    let progress = ProgressLine()
    let search = Search(
      SearchProblem(space, budgets: .unlimited(in: space)),
      method: SensitivitySearch(samples: count, from: measurement.source.sensitivities),
      options: SearchOptions(evaluations: Int(Int32.max), seed: 1, samples: count))
    let result: SearchResult
    do {
      result = try search.run(
        evaluator,
        onSensitivityMeasurement: { done, planned in
          progress.show("measuring sensitivities: \(done) of \(planned)", done: done, of: planned)
          return Interrupt.isRequested ? .stop : .next
        })
    } catch {
      throw error.cause
    }
    progress.clear()
    guard let sensitivity = result.sensitivity else { throw ExitCode(Interrupt.exitCode) }
    let document = SensitivityDocument(
      sensitivity, table: table, isOnTarget: target.target != nil, data: evaluator.description.data,
      samples: count)
    try chart.write(document.chart.file, force)
    try format.print(document, text: document.text)
  }

  private func table() throws -> CostTable {
    if let target = try target.resolve() {
      return try target.costTable(of: try network.resolve(for: target))
    }
    let network = try network.resolve(defaultBatch: 1)
    return try WeightStorage.table(of: network)
  }
}
