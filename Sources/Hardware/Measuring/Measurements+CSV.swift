import Core
import CostTables

extension Measurements {
  /// The cost table (docs/table.md), one line for each point about which something is known.
  ///
  /// It serves every network with layers of these shapes. A point that the target cannot run has empty costs. Columns that
  /// begin with `x-` say how sure a cost is, or why there is none.
  public var csv: String {
    points.map(row).csv(batch: plan.batch, metrics: metrics, notes: ["takes", "measured_at", "unsupported"])
  }

  private func row(_ measured: MeasuredPoint) -> CostRow {
    let point = measured.point
    var row = CostRow(
      number: point.layer, layer: plan.layers[point.layer], precision: point.precision, costs: nil)
    row.notes["measured_at"] = measured.lastAt
    switch measured.outcome {
    case .cost(let answer):
      let costs = answer.costs
      row.costs = metrics.reduce(into: [:]) { $0[$1] = costs[$1.rawValue] }
      (row.spread, row.repetitions, row.leastSeconds) = (
        answer.spread, answer.repetitions, answer.leastSeconds
      )
      row.notes["takes"] = "\(answer.count)"
    case .unsupported(let reason): row.notes["unsupported"] = reason
    }
    return row
  }
}
