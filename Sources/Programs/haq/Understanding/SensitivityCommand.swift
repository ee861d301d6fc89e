import ArgumentParser
import Core
import Diagnostics
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Targets

/// `haq sensitivity`: how much each layer suffers at each width.
struct SensitivityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sensitivity",
    abstract: "Measures how much a network suffers when one layer's weights or activations are narrowed.",
    discussion: """
      One quantized network is run for each layer, operand and width, everything else at the widest. The measure is the \
      Kullback-Leibler divergence of the class probabilities from the float network's, on validation samples, above \
      its value with everything at the widest; for evaluators that do not tell it, the cross-entropy.

      With --target, widths are those that the target can run, and each layer's share of the latency is shown; \
      without it, widths are 2 to 8 bits.

      Examples:
        haq sensitivity fashion-mobilenet-v1 --samples 128 --chart sensitivity.svg
        haq sensitivity fashion-mobilenet-v2 --target bismo-vu9p --format json

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong, 130 ended by Ctrl-C.
      """)

  @OptionGroup var network: NetworkArgument

  @OptionGroup var target: OptionalTargetOption

  @Option(help: "Validation samples of each sensitivity measurement.")
  var samples = 256

  @OptionGroup var evaluator: EvaluatorOption

  @OptionGroup var chart: ChartOption

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard samples > 0 else { throw ValidationError("--samples must be at least 1, not \(samples).") }
  }

  func run() throws {
    try chart.check()
    let table = try table()
    let space = try SearchSpace(table, pinning: .none)
    let evaluator = try evaluator.start(network: network.network)
    try evaluator.description.requireLayers(of: table.network)
    Interrupt.watch()
    let count = min(samples, evaluator.description.validationSamples)
    let progress = ProgressLine()
    let search = Search(
      SearchProblem(space, budgets: .unlimited(in: space)), method: SensitivitySearch(samples: count),
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
    guard let sensitivity = result.sensitivity else { throw ExitCode(130) }
    let document = SensitivityDocument(
      sensitivity, table: table, isOnTarget: target.target != nil, data: evaluator.description.data,
      samples: count)
    try chart.write(document.chart.file)
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
