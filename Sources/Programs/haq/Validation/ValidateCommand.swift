import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents
import Foundation
import Rendering
import Specs
import Targets
import Validation

/// `haq validate`: how far a target's costs are from measured ones.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Compares a target's costs with a table of measured ones.",
    discussion: """
      The table is a .csv, .json or .npy file (docs/table.md). Limits make the exit code 1 when they are missed.

      Examples:
        haq validate bismo-vu9p --table measured.csv --network mobilenet-v2
        haq validate my-board --table board.csv --page board.html --max-mape 5 --min-within10 90
        haq validate --all
      """)

  @Argument(help: "The target's id (see: haq targets), or the path of a spec file.")
  var target: String?

  @Option(help: ArgumentHelp("The table of measured costs: .csv, .json or .npy.", valueName: "file"))
  var table: String?

  @Flag(help: "Validate every target against the tables that its spec names; prints a Markdown table.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "With --all: where to look for tables that are not beside their specs.", valueName: "folder"))
  var tables: String?

  @OptionGroup var options: TableOptions
  @OptionGroup var isolation: IsolationOption

  @Option(help: "Which cost to compare: latency, energy, weight_bytes, traffic_bytes or buffer_bytes.")
  var metric = Metric.latency

  @OptionGroup(title: "Limits") var limits: ThresholdOptions

  @OptionGroup var page: PageOption

  @OptionGroup var junit: JUnitOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    if all, target != nil || table != nil || page.page != nil {
      throw ValidationError(
        "--all takes targets and tables from the specs; leave out the target, --table and --page.")
    }
    if !all, target == nil || table == nil {
      throw ValidationError("Give a target and --table, or --all.")
    }
  }

  func run() throws {
    if all { return try validateAll() }
    guard let name = target, let file = table else { preconditionFailure("validate() asks for both") }
    try page.check()
    try junit.check()
    let target = try isolation.target(named: name)
    let measured = try options.table(file, for: target)
    let costs = try target.costTable(of: measured.network)
    let comparison = try Comparison(predicted: costs, measured: measured, metric: metric)
    let document = ValidationDocument(
      comparison, costs: costs, tableFile: file, clockHz: target.spec.number("clock_hz"),
      thresholds: limits.thresholds)
    try page.write(document.page(of: comparison))
    for warning in document.warnings { Failure.warn([Diagnostic(warning, at: .init(file: file))]) }
    try junit.write([
      JUnitReport.Suite(
        name: "haq validate \(target.spec.id)",
        cases: limits.thresholds.verdicts(on: comparison.statistics).map { verdict in
          .init(
            name: verdict.statistic, group: metric.key,
            outcome: verdict.failure.map { .failed($0) } ?? .passed())
        })
    ])
    try format.print(document, text: document.text)
    for failure in document.failures { Failure.report(Diagnostic("limit missed: \(failure)")) }
    if !document.failures.isEmpty { throw ExitCode.failure }
  }

  private func validateAll() throws {
    try junit.check()
    let catalog = try RunningProgram.catalog()
    let sources = ReferenceValidation.Sources(folder: tables, shapes: TableOptions.shapes)
    let document = ReferenceValidationsDocument(
      catalog.targets.flatMap { ReferenceValidation.all(of: isolation.applied(to: $0), from: sources) })
    try junit.write(document.junit.suites)
    try format.print(document, text: document.text)
    for spec in catalog.unusable { Failure.report(spec.diagnostics) }
    if document.hasFailed || !catalog.unusable.isEmpty { throw ExitCode.failure }
  }
}

/// Limits that a target must keep.
struct ThresholdOptions: ParsableArguments {
  @Option(help: "Largest mean absolute percentage error, in percent.")
  var maxMape: Double?

  @Option(help: "Largest error of any point, in percent.")
  var maxError: Double?

  @Option(name: .customLong("min-within5"), help: "Least share of points within 5 %, in percent.")
  var minWithin5: Double?

  @Option(name: .customLong("min-within10"), help: "Least share of points within 10 %, in percent.")
  var minWithin10: Double?

  @Option(help: "Least R squared.")
  var minRSquared: Double?

  @Option(help: "Least rank correlation (Kendall's tau-b).")
  var minKendall: Double?

  var thresholds: Thresholds {
    Thresholds(
      maxMAPE: maxMape, maxError: maxError, minWithin5: minWithin5, minWithin10: minWithin10,
      minRSquared: minRSquared, minKendall: minKendall)
  }
}
