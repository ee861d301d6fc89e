import Core
import Rendering
import Validation

extension ReferenceValidationsDocument {
  /// A Markdown table, the front of docs/results/validation.md.
  public var text: String {
    let titles = [
      "target", "evidence", "table", "points", "mean error", "max error", "within 10 %", "Kendall", "outcome",
    ]
    let lines = [titles, titles.map { _ in "---" }] + rows.map(\.cells)
    let notes = rows.compactMap { row in
      row.remark.map { "- \(row.target)\(row.table.map { ", \($0)" } ?? ""): \($0)\n" }
    }
    let table = lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    return table + (notes.isEmpty ? "" : "\n" + notes.joined())
  }
}

extension ReferenceValidationsDocument.Row {
  fileprivate var cells: [String] {
    [
      target, evidence?.status.rawValue ?? "not stated", table ?? "-",
      statistics.map { "\($0.count)" } ?? "-",
      statistics.map { Quantity.smallPercent($0.meanAbsoluteError) } ?? "-",
      statistics.map { Quantity.smallPercent($0.largestAbsoluteError) } ?? "-",
      statistics.map { Quantity.percent($0.within10Percent) } ?? "-",
      Quantity.coefficient(statistics?.kendall), outcome.rawValue,
    ]
  }
}
