import Core
import CostTables
public import Diagnostics
import Specs
import Targets
import Validation

extension CalibrationProblem {
  /// Throws a `Diagnostic` unless the target and each table state the cost that is fitted.
  public func requireMetric() throws {
    let stated = Metric.ofTargets.filter { target.spec.capabilities.aggregates.keys.contains($0) }
    let owners =
      [("target \"\(target.spec.id)\"", stated, target.file)]
      + tables.map { ("the table", $0.measured.metrics, $0.file) }
    for (owner, metrics, file) in owners where !metrics.contains(metric) {
      throw Diagnostic(
        "\(owner) has no \(metric.key); it has \(metrics.map(\.key).joined(separator: ", "))",
        at: .init(file: file))
    }
  }

  /// The tables that differ from the spec by a constant factor that a unit explains; no parameter should be fitted to it.
  public func unitSuspicions() throws -> [Diagnostic] {
    let clock = target.spec.number("clock_hz")
    return try zip(tables, comparisons(with: start)).compactMap { table, comparison in
      guard let suspicion = comparison.unitSuspicion(clockHertz: clock), suspicion.isOfUnit else {
        return nil
      }
      return Diagnostic(
        suspicion.sentence(siUnit: metric.unit.name), at: .init(file: table.file),
        hint: "State the unit that the table is in, or give --force.")
    }
  }
}
