import Core
import CostTables
import Documents
import Foundation
import Rendering
import Validation

/// How far a target's costs are from a table: the output of `haq validate` in all its forms.
struct ValidationReport: Encodable {
  /// The errors of some of the points.
  struct Group: Encodable {
    var name: String
    var statistics: ErrorStatistics
  }

  /// One point with its error.
  struct Worst: Encodable {
    var layer: String
    var precision: String
    /// SI units.
    var predicted: Double
    var measured: Double
    var relative_error: Double
  }

  var network: NetworkStamp
  var target: TargetStamp
  var table: String
  var metric: Metric
  var points: ErrorStatistics
  var by_kind: [Group]
  var by_bound: [Group]
  var worst: [Worst]
  /// Of uniform precisions, over the layers that the table has.
  var network_totals: ErrorStatistics?
  var warnings: [String]
  /// Limits that were missed.
  var failures: [String]

  let comparison: Comparison
  let totals: NetworkTotals

  private enum CodingKeys: String, CodingKey {
    case network, target, table, metric, points, by_kind, by_bound, worst, network_totals, warnings, failures
  }

  static let worstCount = 10

  init(
    _ comparison: Comparison, costs: CostTable, tableFile: String, clock_hz: Double?, thresholds: Thresholds
  ) {
    self.comparison = comparison
    network = NetworkStamp(costs)
    target = TargetStamp(costs)
    table = URL(filePath: tableFile).lastPathComponent
    metric = comparison.metric
    points = comparison.statistics
    by_kind = comparison.byKind.map { Group(name: $0.kind.rawValue, statistics: $0.statistics) }
    by_bound = comparison.byBound.map { Group(name: $0.bound.words, statistics: $0.statistics) }
    worst = comparison.worst(Self.worstCount).map {
      Worst(
        layer: comparison.network.layers[$0.point.layer].name, precision: "\($0.point.precision)",
        predicted: $0.predicted, measured: $0.measured, relative_error: $0.relativeError)
    }
    totals = NetworkTotals(comparison.points, aggregate: costs.aggregates[comparison.metric] ?? .sum)
    network_totals = totals.statistics
    warnings = comparison.warnings(clock_hz: clock_hz)
    failures = thresholds.failures(of: comparison.statistics)
  }
}

extension ValidationReport {
  /// The tables for a terminal.
  var text: String {
    let layers = totals.layerCount
    var text = """
      \(target.id) against \(table): \(metric.key) of \(points.count) points, \(layers) of \
      \(comparison.network.layers.count) layers, batch \(network.batch).

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
    return text + target.caution
  }

  static let titles = [
    "", "points", "mean error", "max error", "bias", "within 5 %", "within 10 %", "R²", "Kendall", "Spearman",
  ]

  /// All points, then groups of them, then network totals.
  var rows: [[String]] {
    var rows = [Self.cells("all points", points)]
    rows += by_kind.map { Self.cells($0.name, $0.statistics) }
    rows += by_bound.map { Self.cells("bound by \($0.name)", $0.statistics) }
    if let network_totals { rows.append(Self.cells("network totals", network_totals)) }
    return rows
  }

  var worstRows: [[String]] {
    worst.map {
      [
        $0.layer, $0.precision, Quantity.cost($0.predicted, metric), Quantity.cost($0.measured, metric),
        Quantity.signedPercent($0.relative_error),
      ]
    }
  }

  private static func table(of rows: [[String]]) -> TextTable {
    var table = TextTable(
      titles.enumerated().map { TextTable.Column($1, $0 == 0 ? .left : .right) })
    for row in rows { table.add(row) }
    return table
  }

  static func cells(_ name: String, _ statistics: ErrorStatistics) -> [String] {
    [
      name, "\(statistics.count)", percent(statistics.meanAbsoluteError),
      percent(statistics.largestAbsoluteError), Quantity.signedPercent(statistics.bias),
      Quantity.percent(statistics.within5Percent), Quantity.percent(statistics.within10Percent),
      Quantity.coefficient(statistics.rSquared), Quantity.coefficient(statistics.kendall),
      Quantity.coefficient(statistics.spearman),
    ]
  }

  static func percent(_ share: Double) -> String { Quantity.smallPercent(share) }
}
