import Core
import Rendering
import Validation

/// The output of `haq validate --all`: every target and what it was validated against.
struct ReferenceResults: Encodable {
  var rows: [ReferenceValidation]

  var hasFailed: Bool { rows.contains { $0.outcome == .failed } }

  /// A Markdown table, the front of docs/results/validation.md.
  var text: String {
    let titles = [
      "target", "evidence", "table", "points", "mean error", "max error", "within 10 %", "Kendall", "outcome",
    ]
    let lines = [titles, titles.map { _ in "---" }] + rows.map(Self.cells)
    let notes = rows.compactMap { row in
      row.remark.map { "- \(row.target)\(row.table.map { ", \($0)" } ?? ""): \($0)\n" }
    }
    let table = lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    return table + (notes.isEmpty ? "" : "\n" + notes.joined())
  }

  private static func cells(_ row: ReferenceValidation) -> [String] {
    let statistics = row.statistics
    return [
      row.target, row.evidence?.status.rawValue ?? "not stated", row.table ?? "-",
      statistics.map { "\($0.count)" } ?? "-",
      statistics.map { Quantity.smallPercent($0.meanAbsoluteError) } ?? "-",
      statistics.map { Quantity.smallPercent($0.largestAbsoluteError) } ?? "-",
      statistics.map { Quantity.percent($0.within10Percent) } ?? "-",
      Quantity.coefficient(statistics?.kendall), row.outcome.rawValue,
    ]
  }
}
