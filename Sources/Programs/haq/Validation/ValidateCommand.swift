import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents
import Foundation
import Rendering
import Specs
import Targets
import Terminal
import Validation

/// `haq validate`: how far a target's costs are from measured ones.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Compares the costs of a target with measured costs.",
    discussion: """
      The table is a .csv, .json or .npy file (docs/table.md). The exit code is 1 when the costs miss a limit.

      Examples:
        haq validate bismo-vu9p --table measured.csv --network mobilenet-v2
        haq validate my-board --table board.csv --page board.html --max-mape 5 --min-within10 90
        haq validate x86-onnxruntime --networks networks.json
        haq validate --all
      """)

  @Argument(help: "Id of a target (haq targets lists them), or path of a spec file.")
  var target: String?

  @Option(help: ArgumentHelp("Table of measured costs: .csv, .json or .npy.", valueName: "file"))
  var table: String?

  @Option(
    help: ArgumentHelp(
      "Whole networks that were measured (docs/measured-networks.md), in place of --table.", valueName: "file"
    ))
  var networks: String?

  @Flag(help: "Validate every target with the tables that its spec names, and print a Markdown table.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "With --all: folder of tables that are not beside their specs.", valueName: "folder"))
  var tables: String?

  @OptionGroup var options: TableOptions
  @OptionGroup var access: TargetAccessOptions

  @OptionGroup var cost: MetricOption
  private var metric: Metric { cost.metric }

  @OptionGroup(title: OptionTitle.limits) var limits: ThresholdOptions

  @OptionGroup var page: PageOption

  @OptionGroup var junit: JUnitOption
  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    if all, target != nil || table != nil || page.page != nil {
      throw ValidationError(
        "--all takes targets and tables from the specs; leave out the target, --table and --page.")
    }
    if all, networks != nil {
      throw ValidationError("--all takes tables from the specs; leave out --networks.")
    }
    if !all, target == nil || (table == nil) == (networks == nil) {
      throw ValidationError("Give a target and --table or --networks, or --all.")
    }
    if networks != nil, page.page != nil || metric != .latency {
      throw ValidationError("Whole networks have latencies and no page; leave out --page and --metric.")
    }
  }

  func run() throws {
    if all { return try validateAll() }
    if let networks { return try validateNetworks(networks) }
    guard let name = target, let file = table else { preconditionFailure("validate() asks for both") }
    try page.check(force)
    try junit.check(force)
    let target = try access.target(named: name)
    let measured = try options.table(file, for: target)
    let costs = try target.costTable(of: measured.network, as: .layersAlone)
    let comparison = try Comparison(predicted: costs, measured: measured, metric: metric)
    let document = ValidationDocument(
      comparison, costs: costs, tableFile: file, clockHertz: target.spec.number("clock_hz"),
      thresholds: limits.thresholds)
    try page.write(document.page(of: comparison), force)
    for warning in document.warnings { Messages.warn([Diagnostic(warning, at: .init(file: file))]) }
    try junit.write(
      [
        JUnitReport.Suite(
          name: "haq validate \(target.spec.id)",
          cases: limits.thresholds.verdicts(on: comparison.statistics).map { verdict in
            .init(
              name: verdict.statistic, group: metric.key,
              outcome: verdict.failure.map { .failed($0) } ?? .passed())
          })
      ], force)
    try format.print(document, text: document.text)
    for failure in document.failures { Messages.report(Diagnostic("limit missed: \(failure)")) }
    if !document.failures.isEmpty { throw ExitCode.failure }
  }

  private func validateNetworks(_ file: String) throws {
    guard let name = target else { preconditionFailure("validate() asks for it") }
    let target = try access.target(named: name)
    let (measured, warnings) = try MeasuredNetworksDocument.read(InputFile.read(file), file: file)
    Messages.warn(warnings)
    let runs = try NetworkValidationDocument.Run.all(in: measured, by: target, file: file)
    guard let document = NetworkValidationDocument(runs, of: target.spec.id, file: file) else {
      throw Diagnostic("there is no run to compare", at: .init(file: file))
    }
    try format.print(document, text: document.text)
    let failures = limits.thresholds.failures(of: document.all.predicted)
    for failure in failures { Messages.report(Diagnostic("limit missed: \(failure)")) }
    if !failures.isEmpty { throw ExitCode.failure }
  }

  private func validateAll() throws {
    try junit.check(force)
    let catalog = try RunningProgram.catalog()
    let sources = ReferenceValidation.Sources(folder: tables, shapes: TableOptions.shapes)
    let document = try ReferenceValidationsDocument(
      access.applied(to: catalog.targets).flatMap { ReferenceValidation.all(of: $0, from: sources) })
    try junit.write(document.junit.suites, force)
    try format.print(document, text: document.text)
    for spec in catalog.unusable { Messages.report(spec.diagnostics) }
    if document.hasFailed || !catalog.unusable.isEmpty { throw ExitCode.failure }
  }
}

/// Limits on the errors of a target.
struct ThresholdOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Largest allowed mean absolute percentage error, in percent.", valueName: "percent"))
  var maxMape: Double?

  @Option(help: ArgumentHelp("Largest allowed error of a point, in percent.", valueName: "percent"))
  var maxError: Double?

  @Option(
    name: .customLong("min-within5"),
    help: ArgumentHelp(
      "Smallest allowed share of points within 5 % of the measurement, in percent.", valueName: "percent"))
  var minWithin5: Double?

  @Option(
    name: .customLong("min-within10"),
    help: ArgumentHelp(
      "Smallest allowed share of points within 10 % of the measurement, in percent.", valueName: "percent"))
  var minWithin10: Double?

  @Option(help: ArgumentHelp("Smallest allowed R squared, at most 1.", valueName: "value"))
  var minRSquared: Double?

  @Option(
    help: ArgumentHelp("Smallest allowed rank correlation (Kendall's tau-b), -1 to 1.", valueName: "value"))
  var minKendall: Double?

  var thresholds: Thresholds {
    Thresholds(
      maxMAPE: maxMape, maxError: maxError, minWithin5: minWithin5, minWithin10: minWithin10,
      minRSquared: minRSquared, minKendall: minKendall)
  }
}
