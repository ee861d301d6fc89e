import Calibration
import Core
import CostTables
import Diagnostics
import Foundation
import Hashing
import Rendering
import Specs
import Targets
import Validation

/// What a calibration found: the output of `haq calibrate`, and the spec that it writes.
struct CalibrationReport: Encodable {
  /// One parameter before and after.
  struct Fitted: Encodable {
    var key: String
    var unit: String?
    var before: Double
    var after: Double
    var low: Double
    var high: Double
    var step: ParameterRange.Step
  }

  /// The errors of one part of the layers.
  struct Part: Encodable {
    var layers: [String]
    var before: ErrorStatistics
    var after: ErrorStatistics
  }

  var target: String
  var table: String
  var metric: Metric
  var parameters: [Fitted]
  var fitted: Part
  /// Absent when no layer was held out.
  var held_out: Part?
  var evaluations: Int
  var refused: Int
  var seed: UInt64
  /// Checks of the old spec that the new parameters do not keep; the new spec leaves them out.
  var dropped_checks: [String]
  var warnings: [String]

  private let problem: CalibrationProblem
  private let tableSHA256: String

  private enum CodingKeys: String, CodingKey {
    case target, table, metric, parameters, fitted, held_out, evaluations, refused, seed, dropped_checks,
      warnings
  }

  init(
    _ problem: CalibrationProblem, _ result: ParameterFit.Result, table: (file: String, sha256: String),
    seed: UInt64, isInterrupted: Bool
  ) throws {
    self.problem = problem
    tableSHA256 = table.sha256
    target = problem.target.spec.id
    self.table = URL(filePath: table.file).lastPathComponent
    metric = problem.metric
    self.seed = seed
    evaluations = result.evaluations
    refused = result.refused
    parameters = zip(problem.parameters, zip(problem.start, result.values)).map { parameter, values in
      Fitted(
        key: parameter.key, unit: parameter.range.unit, before: values.0, after: values.1,
        low: parameter.range.low, high: parameter.range.high, step: parameter.range.step)
    }
    guard let fitted = try Self.part(problem.split.fitted, problem, result.values) else {
      preconditionFailure("the fitted layers have points")
    }
    self.fitted = fitted
    held_out = try Self.part(problem.split.heldOut, problem, result.values)
    dropped_checks = try problem.target(with: result.values)
      .failingChecks(of: problem.target, for: problem.measured.network).sorted()
    warnings = result.warnings.map(\.text)
    if held_out == nil {
      warnings.append("no layer is held out, so nothing tells whether the fit holds for other layers")
    }
    if !dropped_checks.isEmpty {
      warnings.append(
        "the new spec leaves out \(dropped_checks.count) checks that it does not keep: "
          + dropped_checks.joined(separator: "; "))
    }
    if isInterrupted { warnings.append("interrupted: the best values so far, not the best there are") }
  }

  private static func part(_ layers: [Int], _ problem: CalibrationProblem, _ values: [Double]) throws -> Part?
  {
    guard let before = try problem.statistics(of: layers, with: problem.start),
      let after = try problem.statistics(of: layers, with: values)
    else { return nil }
    return Part(layers: layers.map { problem.measured.network.layers[$0].name }, before: before, after: after)
  }

  /// The new spec, whose file will be `path`; throws `Diagnostics` when it would not be a good one.
  func spec(at path: String) throws -> String {
    let bytes = try InputFile.read(problem.target.file)
    var revision = try SpecRevision(of: bytes, file: problem.target.file)
    revision.setID(URL(filePath: path).deletingPathExtension().lastPathComponent)
    revision.setParameters(Dictionary(uniqueKeysWithValues: parameters.map { ($0.key, $0.after) }))
    revision.removeChecks(Set(dropped_checks))
    revision.addSource(
      title: "calibrated against \(table) by haq \(ProgramVersion.current)",
      usedFor: parameters.map(\.key).joined(separator: ", "))
    revision.setEvidence(evidence)
    revision.setNote(
      "calibration",
      [
        ("from_target", .text(target)), ("from_spec_sha256", .text(bytes.sha256)), ("table", .text(table)),
        ("table_sha256", .text(tableSHA256)),
        ("metric", .text(metric.key)),
        ("network_sha256", .text(problem.measured.network.shapeSHA256)),
        ("batch", .number(Double(problem.measured.network.batch))),
        ("fitted_layers", .number(Double(fitted.layers.count))),
        ("mape_before", .number(fitted.before.meanAbsoluteError)),
        ("mape_after", .number(fitted.after.meanAbsoluteError)),
        ("held_out_layers", .number(Double(held_out?.layers.count ?? 0))),
      ] + (held_out.map { [("held_out_mape", .number($0.after.meanAbsoluteError))] } ?? [])
        + [("seed", .number(Double(seed))), ("program_version", .text(ProgramVersion.current))])
    let text = revision.text
    _ = try TargetSpec.read(Data(text.utf8), file: path)
    return text
  }

  /// A fit is no validation; the layers held out tell how far it holds.
  private var evidence: Evidence {
    let judged =
      held_out.map {
        "\(Quantity.smallPercent($0.after.meanAbsoluteError)) of the \($0.layers.count) layers held out"
      } ?? "no layer was held out"
    return Evidence(
      .inferred,
      "parameters were fitted to the \(metric.key) of \(table): the mean error is "
        + "\(Quantity.smallPercent(fitted.after.meanAbsoluteError)) of the \(fitted.layers.count) layers fitted, \(judged)."
    )
  }

  /// The tables for a terminal.
  var text: String {
    var values = TextTable([
      .init("parameter"), .init("before", .right), .init("after", .right), .init("range"), .init("unit"),
    ])
    for parameter in parameters {
      values.add([
        parameter.key, Self.short(parameter.before), Self.short(parameter.after),
        "\(Self.short(parameter.low)) to \(Self.short(parameter.high))"
          + (parameter.step == .real ? "" : ", \(parameter.step.rawValue.replacing("-", with: " "))"),
        parameter.unit ?? "",
      ])
    }
    var errors = TextTable([
      .init("layers"), .init("count", .right), .init("points", .right), .init("mean error before", .right),
      .init("after", .right), .init("max error before", .right), .init("after", .right),
    ])
    for (name, part) in [("fitted", fitted as Part?), ("held out", held_out)] {
      guard let part else { continue }
      errors.add([
        name, "\(part.layers.count)", "\(part.after.count)",
        Quantity.smallPercent(part.before.meanAbsoluteError),
        Quantity.smallPercent(part.after.meanAbsoluteError),
        Quantity.smallPercent(part.before.largestAbsoluteError),
        Quantity.smallPercent(part.after.largestAbsoluteError),
      ])
    }
    let tried = "\(evaluations) values tried" + (refused > 0 ? ", \(refused) refused by the model" : "")
    return "\(metric.key) of \(target) fitted to \(table): \(tried).\n\n\(values.text)\n\(errors.text)"
  }

  private static func short(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? String(format: "%.9g", value)
  }
}
