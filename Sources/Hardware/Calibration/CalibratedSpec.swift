import Core
import CostTables
import Diagnostics
public import Foundation
import Hashing
import Specs
import Targets
import Validation

/// The spec of a target with fitted parameters.
public struct CalibratedSpec {
  private let outcome: CalibrationOutcome
  /// The table that the parameters were fitted to.
  private let table: (name: String, sha256: String)
  private let seed: UInt64

  /// - Parameter table: The file's path and the digest of its bytes.
  public init(_ outcome: CalibrationOutcome, table: (file: String, sha256: String), seed: UInt64) {
    self.outcome = outcome
    self.table = (URL(filePath: table.file).lastPathComponent, table.sha256)
    self.seed = seed
  }

  /// The new spec, made of the bytes of the old one, for a file at `path`; throws `Diagnostics` when it would not be a
  /// good one.
  public func text(revising bytes: Data, at path: String) throws -> String {
    let (target, parameters) = (outcome.problem.target, outcome.parameters)
    var revision = try SpecRevision(of: bytes, file: target.file)
    revision.setID(URL(filePath: path).deletingPathExtension().lastPathComponent)
    revision.setParameters(Dictionary(uniqueKeysWithValues: parameters.map { ($0.key, $0.after) }))
    revision.removeChecks(Set(outcome.droppedChecks))
    revision.addSource(
      title: "calibrated against \(table.name) by haq \(ProgramVersion.current)",
      usedFor: parameters.map(\.key).joined(separator: ", "))
    revision.setEvidence(evidence)
    revision.setNote("calibration", note(of: bytes))
    let text = revision.text
    _ = try TargetSpec.read(Data(text.utf8), file: path)
    return text
  }

  private func note(of bytes: Data) -> [(String, PositionedValue.Content)] {
    let (problem, fitted, heldOut) = (outcome.problem, outcome.fitted, outcome.heldOut)
    return [
      ("from_target", .text(problem.target.spec.id)), ("from_spec_sha256", .text(bytes.sha256)),
      ("table", .text(table.name)), ("table_sha256", .text(table.sha256)),
      ("metric", .text(problem.metric.key)),
      ("network_sha256", .text(problem.measured.network.shapeSHA256)),
      ("batch", .number(Double(problem.measured.network.batch))),
      ("fitted_layers", .number(Double(fitted.layers.count))),
      ("mape_before", .number(fitted.before.meanAbsoluteError)),
      ("mape_after", .number(fitted.after.meanAbsoluteError)),
      ("held_out_layers", .number(Double(heldOut?.layers.count ?? 0))),
    ] + (heldOut.map { [("held_out_mape", .number($0.after.meanAbsoluteError))] } ?? [])
      + [("seed", .number(Double(seed))), ("program_version", .text(ProgramVersion.current))]
  }

  /// A fit is no validation; the layers held out tell how far it holds.
  private var evidence: Evidence {
    let (fitted, metric) = (outcome.fitted, outcome.problem.metric)
    let judged =
      outcome.heldOut.map {
        "\(Quantity.smallPercent($0.after.meanAbsoluteError)) of the \($0.layers.count) layers held out"
      } ?? "no layer was held out"
    return Evidence(
      .inferred,
      "parameters were fitted to the \(metric.key) of \(table.name): the mean error is "
        + "\(Quantity.smallPercent(fitted.after.meanAbsoluteError)) of the \(fitted.layers.count) layers fitted, \(judged)."
    )
  }
}
