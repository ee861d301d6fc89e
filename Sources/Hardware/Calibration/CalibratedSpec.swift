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
  private let seed: UInt64

  public init(_ outcome: CalibrationOutcome, seed: UInt64) {
    self.outcome = outcome
    self.seed = seed
  }

  /// The names of the tables that the parameters were fitted to.
  private var tables: String {
    outcome.problem.tables.map { URL(filePath: $0.file).lastPathComponent }.joined(separator: ", ")
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
      title: "calibrated against \(tables) by haq \(ProgramVersion.current)",
      usedFor: parameters.map(\.key).joined(separator: ", "))
    revision.setEvidence(evidence)
    revision.setNote("calibration", note(of: bytes))
    let text = revision.text
    _ = try TargetSpec.read(Data(text.utf8), file: path)
    return text
  }

  private func note(of bytes: Data) -> [(String, PositionedValue.Content)] {
    let (problem, fitted, heldOut) = (outcome.problem, outcome.fitted, outcome.heldOut)
    let networks = problem.tables.map(\.measured.network)
    var note: [(String, PositionedValue.Content)] = [
      ("from_target", .text(problem.target.spec.id)), ("from_spec_sha256", .text(bytes.sha256)),
      ("table", .text(tables)),
    ]
    note.append(("table_sha256", .text(problem.tables.map(\.sha256).joined(separator: ", "))))
    note.append(("metric", .text(problem.metric.key)))
    note.append(("network_sha256", .text(networks.map(\.shapeSHA256).joined(separator: ", "))))
    note.append(("batch", .number(Double(networks[0].batch))))
    note.append(("fitted_layers", .number(Double(fitted.layers.count))))
    note.append(("mape_before", .number(fitted.before.meanAbsoluteError)))
    note.append(("mape_after", .number(fitted.after.meanAbsoluteError)))
    note.append(("held_out_layers", .number(Double(heldOut?.layers.count ?? 0))))
    if let heldOut { note.append(("held_out_mape", .number(heldOut.after.meanAbsoluteError))) }
    note.append(("seed", .number(Double(seed))))
    note.append(("program_version", .text(ProgramVersion.current)))
    return note
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
      "parameters were fitted to the \(metric.key) of \(tables): the mean error is "
        + "\(Quantity.smallPercent(fitted.after.meanAbsoluteError)) of the \(fitted.layers.count) layers fitted, \(judged)."
    )
  }
}
