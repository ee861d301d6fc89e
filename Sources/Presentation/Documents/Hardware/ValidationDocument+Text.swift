import Core
import Rendering
import Validation

extension ValidationDocument {
  /// The tables for a terminal.
  public var text: String {
    var text = """
      \(target.id) against \(table): \(metric.key) of \(Quantity.counted(points.count, "point")), \(comparedLayers) of \
      \(layers) layers, batch \(network.batch).

      \(Self.table(of: rows).text)
      """
    if worst.isEmpty {
      text += "\nEvery point is exact.\n"
    } else {
      var table = TextTable([
        .init("worst points"), .init("bits"), .init("predicted", .right), .init("measured", .right),
        .init("error", .right),
      ])
      for cells in worstRows { table.add(cells) }
      text += "\n\(table.text)"
    }
    if let intervalCoverage {
      text += "90 % intervals hold \(Quantity.percent(intervalCoverage)) of the points.\n"
    }
    return text + target.caution
  }

  static let titles = [
    "", "points", "mean error", "max error", "bias", "within 5 %", "within 10 %", "R²", "Kendall", "Spearman",
  ]

  /// All points, then groups of them, then network totals.
  var rows: [[String]] {
    var rows = [Self.cells("all points", points)]
    rows += byKind.map { Self.cells($0.name, $0.statistics) }
    rows += byBound.map { Self.cells("bound by \($0.name)", $0.statistics) }
    if let networkTotals { rows.append(Self.cells("network totals", networkTotals)) }
    return rows
  }

  var worstRows: [[String]] {
    worst.map {
      [
        $0.layer, PointText.widths($0.precision, $0.outputBits), Quantity.cost($0.predicted, metric),
        Quantity.cost($0.measured, metric),
        Quantity.signedPercent($0.relativeError),
      ]
    }
  }

  private static func table(of rows: [[String]]) -> TextTable {
    var table = TextTable(
      titles.enumerated().map { TextTable.Column($1, $0 == 0 ? .left : .right) })
    for row in rows { table.add(row) }
    return table
  }

  private static func cells(_ name: String, _ statistics: ErrorStatistics) -> [String] {
    [
      name, "\(statistics.count)", Quantity.smallPercent(statistics.meanAbsoluteError),
      Quantity.smallPercent(statistics.largestAbsoluteError), Quantity.signedPercent(statistics.bias),
      Quantity.percent(statistics.within5Percent), Quantity.percent(statistics.within10Percent),
      Quantity.coefficient(statistics.rSquared), Quantity.coefficient(statistics.kendall),
      Quantity.coefficient(statistics.spearman),
    ]
  }
}
