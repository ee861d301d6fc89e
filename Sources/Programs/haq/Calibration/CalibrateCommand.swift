import ArgumentParser
import Calibration
import Core
import CostTables
import Diagnostics
import Documents
import Foundation
import Hashing
import Rendering
import Specs
import Targets
import Validation

/// `haq calibrate`: fits parameters of a target to measured costs.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fits parameters of a target to measured costs, and writes a new spec.",
    discussion: """
      The range of a parameter comes from "parameter_ranges" in the spec (docs/spec.md section 6.2) or from --fit \
      KEY=LOW:HIGH, with :whole or :power-of-two appended where only such values exist. haq holds out some layers of each \
      kind and measures the error of the fit on them. It does not change the target's spec.

      Examples:
        haq calibrate my-board.json --table measured.csv --fit clock_hz -o my-board-fitted.json
        haq calibrate bismo-vu9p --table t.csv --network mobilenet-v2 \\
          --fit clock_hz=50e6:1e9,array.rows=4:64:power-of-two -o fitted.json
      """)

  @Argument(help: "Id of a target (haq targets lists them), or path of a spec file.")
  var target: String

  @OptionGroup var isolation: IsolationOption

  @Option(help: ArgumentHelp("Table of measured costs: .csv, .json or .npy.", valueName: "file"))
  var table: String

  @OptionGroup var options: TableOptions

  @Option(
    help: ArgumentHelp(
      "Parameters to fit, separated by commas: KEY, KEY=LOW:HIGH or KEY=LOW:HIGH:STEP.", valueName: "keys"))
  var fit: [String]

  @OptionGroup var cost: MetricOption
  private var metric: Metric { cost.metric }

  @Option(
    help: ArgumentHelp("Share of the layers of each kind that is held out, 0 to 0.9.", valueName: "share"))
  var heldOut = 0.3

  @Option(help: ArgumentHelp("Seed that chooses the held-out layers.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Approximate limit on the parameter values to try, 10 to 10000000. (default: 1500 for each parameter)",
      valueName: "n"))
  var evaluations: Int?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "Spec to write; its name without .json is the new target's id.", valueName: "file.json"))
  var output: String

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard (0...0.9).contains(heldOut) else {
      throw ValidationError("--held-out must be 0 to 0.9, not \(heldOut).")
    }
    guard (10...10_000_000).contains(evaluations ?? 10) else {
      throw ValidationError("--evaluations must be 10 to 10000000.")
    }
    guard output.hasSuffix(".json") else {
      throw ValidationError("-o must name a spec file that ends in .json, not \"\(output)\".")
    }
    _ = try fitOptions
  }

  private var fitOptions: [FitOption] {
    get throws {
      let parts = fit.flatMap { $0.split(separator: ",").map(String.init) }
      let options = try parts.map { part in
        guard let option = FitOption(argument: part) else {
          throw ValidationError(
            "\"\(part)\" is not a parameter to fit; write clock_hz, clock_hz=50e6:1e9, or "
              + "array.rows=4:64:power-of-two.")
        }
        return option
      }
      guard Set(options.map(\.key)).count == options.count, !options.isEmpty else {
        throw ValidationError("--fit needs at least one parameter, each once.")
      }
      return options
    }
  }

  func run() throws {
    Interrupt.watch()
    try OutputFile.check(output)
    guard !FileManager.default.fileExists(atPath: output) else {
      throw Diagnostic(
        "the file exists already, and haq does not overwrite a spec", at: .init(file: output),
        hint: "Remove it, or give -o another name.")
    }
    let target = try isolation.target(named: target)
    let parameters = try fitOptions.map { try $0.parameter(of: target) }
    let measured = try options.table(table, for: target)
    let problem = CalibrationProblem(
      target: target, measured: measured, metric: try metric(of: target, measured), parameters: parameters,
      split: LayerSplit(measured.coveredLayers, in: measured.network, heldOutShare: heldOut, seed: seed))
    let progress = ProgressLine()
    let evaluations = evaluations ?? 1500 * parameters.count
    let result = try problem.fit(
      evaluations: evaluations, shouldStop: { Interrupt.isRequested },
      progress: {
        done, misfit in
        progress.show(
          "tried \(done) values, typical error \(Quantity.smallPercent(misfit))",
          done: min(done, evaluations),
          of: evaluations)
      })
    progress.clear()
    let outcome = try CalibrationOutcome(problem, result)
    let spec = CalibratedSpec(
      outcome, table: (file: table, sha256: try InputFile.read(table).sha256), seed: seed)
    let text = try spec.text(revising: try InputFile.read(target.file), at: output)
    try OutputFile.write(Data(text.utf8), to: output)
    let document = CalibrationDocument(
      outcome, table: table, output: output, seed: seed, isInterrupted: Interrupt.isRequested)
    for warning in document.warnings { Failure.warn([Diagnostic(warning)]) }
    try format.print(document, text: document.text)
  }

  /// Both sides must state what is fitted.
  private func metric(of target: Target, _ measured: LookupTable) throws -> Metric {
    let stated = Metric.ofTargets.filter { target.spec.capabilities.aggregates.keys.contains($0) }
    for (owner, metrics) in [("target \"\(target.spec.id)\"", stated), ("the table", measured.metrics)]
    where !metrics.contains(metric) {
      throw Diagnostic(
        "\(owner) has no \(metric.key); it has \(metrics.map(\.key).joined(separator: ", "))",
        at: .init(file: owner == "the table" ? table : target.file))
    }
    return metric
  }
}
