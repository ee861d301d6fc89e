import Core
import CostTables
import Rendering

/// Where the second of two tables of one network differs from the first.
struct TableDifference: Encodable {
  /// One cost that differs by more than the tolerance.
  struct Cell: Encodable {
    var layer: String
    var precision: String
    var metric: Metric
    var first: Double
    var second: Double
    /// (second - first) / first; absent where the first is 0.
    var relative: Double?
  }

  var compared = 0
  /// Metrics that only one of the tables has at all, so that nothing could be compared.
  var metricsOfOneTable: [Metric]
  /// Largest relative difference first.
  var differences: [Cell] = []
  /// Costs that only one of the tables has, such as `conv1 at W4A6, energy`.
  var onlyInFirst: [String] = []
  var onlyInSecond: [String] = []

  var isEmpty: Bool { differences.isEmpty && onlyInFirst.isEmpty && onlyInSecond.isEmpty }

  init(_ first: LookupTable, _ second: LookupTable, tolerance: Double) {
    let metrics = (first: Set(first.metrics), second: Set(second.metrics))
    metricsOfOneTable = Metric.allCases.filter(metrics.first.symmetricDifference(metrics.second).contains)
    let common = Metric.allCases.filter(metrics.first.intersection(metrics.second).contains)
    for point in Set(first.cells.keys).union(second.cells.keys).sorted(by: Self.order) {
      for metric in common {
        let name = "\(first.name(of: point)), \(metric.key)"
        switch (first.cells[point]?[metric], second.cells[point]?[metric]) {
        case (let a?, let b?):
          compared += 1
          guard abs(b - a) > tolerance * abs(a) else { continue }
          differences.append(
            Cell(
              layer: first.network.layers[point.layer].name, precision: "\(point.precision)", metric: metric,
              first: a, second: b, relative: a == 0 ? nil : (b - a) / a))
        case (_?, nil): onlyInFirst.append(name)
        case (nil, _?): onlyInSecond.append(name)
        case (nil, nil): continue
        }
      }
    }
    differences.sort { abs($0.relative ?? .infinity) > abs($1.relative ?? .infinity) }
  }

  private static func order(_ a: Point, _ b: Point) -> Bool {
    (a.layer, a.precision.weight, a.precision.activation) < (
      b.layer, b.precision.weight, b.precision.activation
    )
  }

  var text: String {
    let names = metricsOfOneTable.map(\.key).joined(separator: ", ")
    let alone = names.isEmpty ? "" : "Not compared, because one table lacks it: \(names).\n"
    guard !isEmpty else { return "The tables agree: \(compared) costs compared.\n\(alone)" }
    var text = alone
    if !differences.isEmpty {
      var table = TextTable([
        .init("layer"), .init("bits"), .init("cost"), .init("first", .right), .init("second", .right),
        .init("difference", .right),
      ])
      for cell in differences.prefix(Self.shown) {
        table.add([
          cell.layer, cell.precision, cell.metric.key, Quantity.cost(cell.first, cell.metric),
          Quantity.cost(cell.second, cell.metric), cell.relative.map(Quantity.signedPercent) ?? "from 0",
        ])
      }
      let rest = differences.count > Self.shown ? ", the largest \(Self.shown)" : ""
      text += "\(differences.count) of \(compared) costs differ\(rest):\n\n\(table.text)"
    }
    text +=
      Self.list(onlyInFirst, "only in the first table") + Self.list(onlyInSecond, "only in the second table")
    return text
  }

  private static let shown = 10

  private static func list(_ names: [String], _ phrase: String) -> String {
    guard !names.isEmpty else { return "" }
    let dots = names.count > 5 ? "; ..." : ""
    return "\(names.count) costs are \(phrase): \(names.prefix(5).joined(separator: "; "))\(dots)\n"
  }
}
