import Core
public import CostTables
import Rendering

/// How a table's file was understood.
public struct TableMapPart: Hashable, Sendable, Codable {
  public var separator: String
  public var decimal: String
  /// Whether widths are in the header.
  public var isWide: Bool
  public var columns: [Column]
  /// Headers of columns that were not read.
  public var ignored: [String]
  public var blankLines: Int
  /// Points that the file marks as not measured.
  public var notMeasured: Int

  /// One column that was read.
  public struct Column: Hashable, Sendable, Codable {
    public var header: String
    public var meaning: String
    /// What its numbers are in; absent for what is no cost.
    public var unit: String?
    /// The widths that the header names, such as `W4A8`.
    public var precision: String?
  }

  private enum CodingKeys: String, CodingKey {
    case separator, decimal, columns, ignored
    case isWide = "is_wide"
    case blankLines = "blank_lines"
    case notMeasured = "not_measured"
  }

  public init(_ map: SheetMap) {
    separator = map.separator
    decimal = map.decimal.rawValue
    isWide = map.isWide
    columns = map.columns.map {
      Column(header: $0.header, meaning: $0.meaning, unit: $0.unit, precision: $0.precision?.description)
    }
    ignored = map.ignored
    blankLines = map.blankLines
    notMeasured = map.notMeasured
  }

  /// A table of columns, and a line about the rest.
  public var text: String {
    var table = TextTable([.init("column"), .init("read as"), .init("unit")])
    for column in columns {
      let widths = column.precision.map { " at \($0)" } ?? ""
      table.add([column.header, column.meaning + widths, column.unit ?? ""])
    }
    return "\(table.text)\(rest)\n"
  }

  private var rest: String {
    var parts = ["Separator: \(separator); decimal \(decimal)."]
    if notMeasured > 0 {
      parts.append("Marked as not measured: \(Quantity.counted(notMeasured, "point")).")
    }
    if !ignored.isEmpty { parts.append("Ignored columns: \(ignored.joined(separator: ", ")).") }
    return parts.joined(separator: " ") + "\n"
  }
}

/// Which layer of a table gives the costs of which layer of a network.
public struct TableMatchPart: Hashable, Sendable, Codable {
  public var by: LayerMatching
  public var layers: [Pair]

  /// A layer of the network.
  public struct Pair: Hashable, Sendable, Codable {
    public var network: String
    /// What the table calls it; absent where the table has nothing of it.
    public var table: String?
  }

  public init(_ match: LayerMatch) {
    by = match.by
    layers = match.layers.map { Pair(network: $0.network, table: $0.table) }
  }

  /// A line, and the pairs where names differ.
  public var text: String {
    let found = layers.filter { $0.table != nil }
    let renamed = found.filter { $0.table != $0.network }
    let shown = renamed.prefix(8).map { "  \($0.table ?? "") -> \($0.network)\n" }.joined()
    let more = renamed.count > 8 ? "  ... and \(renamed.count - 8) more\n" : ""
    return "Layers matched by \(by.rawValue): \(found.count) of \(layers.count).\n\(shown)\(more)"
  }
}

extension SheetMap {
  /// One line about what is not as `docs/table.md` has it.
  public var sentence: String {
    let costs = columns.filter { $0.unit != nil }
    let shown = costs.prefix(3).map { column in
      "\"\(column.header)\" is \(column.meaning) in \(column.unit ?? "")"
    }
    var parts = ["\(separator)-separated, decimal \(decimal.rawValue)"] + shown
    if costs.count > 3 {
      parts.append("and \(Quantity.counted(costs.count - 3, "more column", "more columns")) of costs")
    }
    if notMeasured > 0 {
      parts.append("\(Quantity.counted(notMeasured, "point is", "points are")) marked as not measured")
    }
    if !ignored.isEmpty { parts.append("ignored: \(ignored.joined(separator: ", "))") }
    return parts.joined(separator: "; ")
  }
}
