import Core

/// A table for a terminal: columns as wide as their widest cell, two spaces apart.
public struct TextTable {
  /// The alignment of a column's cells.
  public enum Alignment: Sendable {
    case left
    case right
  }

  /// One column.
  public struct Column: Sendable {
    public var title: String
    public var alignment: Alignment

    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [Row] = []

  private enum Row {
    case cells([String])
    case rule
  }

  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row with one cell per column; a cell is one line, whatever its text says.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count)
    rows.append(.cells(cells.map(\.visibleLine)))
  }

  /// Adds a line across the table, as before a total.
  public mutating func addRule() { rows.append(.rule) }

  /// The table with titles, one line per row, without trailing spaces; ends in a line feed.
  public var text: String {
    let titles = columns.map(\.title)
    let cells = rows.compactMap { if case .cells(let cells) = $0 { cells } else { nil } } + [titles]
    let widths = columns.indices.map { column in cells.map { Self.width(of: $0[column]) }.max() ?? 0 }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    let lines = rows.map { row in
      switch row {
      case .cells(let cells): line(cells, widths)
      case .rule: rule
      }
    }
    return ([line(titles, widths), rule] + lines).joined(separator: "\n") + "\n"
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = cells.indices.map { index in
      let space = String(repeating: " ", count: widths[index] - Self.width(of: cells[index]))
      return columns[index].alignment == .left ? cells[index] + space : space + cells[index]
    }
    let line = padded.joined(separator: "  ")
    return String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
  }

  /// Terminal columns: two for East Asian wide characters and emoji, one for others.
  private static func width(of text: String) -> Int {
    text.reduce(0) { width, character in
      let value = character.unicodeScalars.first?.value ?? 0
      let isWide =
        switch value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
          0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
          true
        default: false
        }
      return width + (isWide ? 2 : 1)
    }
  }
}
