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
import Terminal
import Validation

/// `haq calibrate`: fits parameters of a target to measured costs.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fits parameters of a target to measured costs, and writes a new spec.",
    discussion: """
      The range of a parameter comes from "parameter_ranges" in the spec (docs/spec.md section 6.2) or from --fit \
      KEY=LOW:HIGH, with :whole or :power-of-two appended where only such values exist. haq holds out some layers of each \
      kind and measures the error of the fit on them. A spec that is not better on them is not written. haq does not \
      change the target's spec.

      haq fits several tables together, also of several networks. It minimizes the mean of |predicted / measured - 1|, so \
      that a few wrong measurements do not move the fit of the others.

      Examples:
        haq calibrate my-board.json --table measured.csv --fit clock_hz -o my-board-fitted.json
        haq calibrate bismo-vu9p --table t.csv --network mobilenet-v2 \\
          --fit clock_hz=50e6:1e9,array.rows=4:64:power-of-two -o fitted.json
        haq calibrate my-gpu.json --table r18.csv=resnet-18 --table r50.csv=resnet-50 --fit clock_hz -o fitted.json
      """)

  @Argument(help: "Id of a target (haq targets lists them), or path of a spec file.")
  var target: String

  @OptionGroup var access: TargetAccessOptions

  @Option(
    help: ArgumentHelp(
      "Table of measured costs: .csv, .json or .npy; repeatable. FILE=NETWORK names the network whose costs it holds, as "
        + "--network does for all tables.", valueName: "file"))
  var table: [String]

  @OptionGroup var options: TableOptions

  @Option(
    help: ArgumentHelp(
      "Parameters to fit, separated by commas: KEY, KEY=LOW:HIGH or KEY=LOW:HIGH:STEP.", valueName: "keys"))
  var fit: [String]

  @OptionGroup var cost: MetricOption

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

  @Flag(help: "Write the spec even if it is not better, or if a table seems to be in another unit.")
  var force = false

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard !table.isEmpty else { throw ValidationError("--table is missing: the measured costs.") }
    guard (0...0.9).contains(heldOut) else {
      throw ValidationError("--held-out must be 0 to 0.9, not \(heldOut).")
    }
    guard (10...10_000_000).contains(evaluations ?? 10) else {
      throw ValidationError("--evaluations must be 10 to 10000000.")
    }
    guard output.hasSuffix(".json") else {
      throw ValidationError("-o must name a spec file that ends in .json, not \"\(output)\".")
    }
    _ = try requested
  }

  private var requested: [RequestedParameter] {
    get throws {
      let parts = fit.flatMap { $0.split(separator: ",").map(String.init) }
      let options = try parts.map { part in
        guard let option = RequestedParameter(part) else {
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
    let target = try access.target(named: target)
    let parameters = try requested.map { try $0.parameter(of: target) }
    let tables = try table.map { try self.table($0, for: target) }
    let problem = CalibrationProblem(
      target: target, tables: tables, metric: cost.metric, parameters: parameters)
    try problem.requireMetric()
    try checkUnits(of: problem)
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
    let isWritten = outcome.isBetter || force
    let library = isWritten ? try target.libraryToCopy(forSpecAt: output) : nil
    if isWritten {
      let spec = CalibratedSpec(outcome, seed: seed)
      let text = try spec.text(
        revising: try InputFile.read(target.file, limit: PositionedValue.sizeLimit), at: output)
      if let library { try OutputFile.write(library.bytes, to: library.path) }
      try OutputFile.write(Data(text.utf8), to: output)
    }
    let document = CalibrationDocument(
      outcome, output: .init(file: output, isWritten: isWritten, copiedLibrary: library?.path), seed: seed,
      isInterrupted: Interrupt.isRequested)
    for warning in document.warnings { Messages.warn([Diagnostic(warning)]) }
    try format.print(document, text: document.text)
    guard isWritten else {
      let judge = outcome.heldOut == nil ? "fitted" : "held-out"
      Messages.report(
        Diagnostic(
          "the fit is not better on the \(judge) layers, so \(output) was not written",
          hint: "Fit other parameters or wider ranges, check the table with haq validate, or give --force."))
      throw ExitCode.failure
    }
  }

  /// One `--table`: a file, or `FILE=NETWORK`.
  private func table(_ argument: String, for target: Target) throws -> CalibrationProblem.MeasuredTable {
    var (file, options) = (argument, options)
    if !FileManager.default.fileExists(atPath: argument), let mark = argument.lastIndex(of: "=") {
      file = String(argument[..<mark])
      options.network = String(argument[argument.index(after: mark)...])
    }
    let measured = try options.table(file, for: target)
    return CalibrationProblem.MeasuredTable(
      measured,
      split: LayerSplit(measured.coveredLayers, in: measured.network, heldOutShare: heldOut, seed: seed),
      file: file, sha256: try InputFile.read(file).sha256)
  }

  /// Warns with `--force`, else throws.
  private func checkUnits(of problem: CalibrationProblem) throws {
    for suspicion in try problem.unitSuspicions() {
      guard force else { throw suspicion }
      Messages.warn([suspicion])
    }
  }
}
