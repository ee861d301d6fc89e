import Core
import Rendering

extension TableDiffDocument {
  /// The largest differences for a terminal.
  public var text: String {
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
          cell.layer, PointText.widths(cell.precision, cell.outputBits), cell.metric.key,
          Quantity.cost(cell.first, cell.metric),
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
