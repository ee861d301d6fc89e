import Diagnostics
import Foundation

/// Lines of fields, as other programs write them: a header, a separator, and no quotation marks.
struct ReportLines {
  let header: [String]
  let rows: [(line: Int, fields: [String])]
  private let file: String

  /// Throws a `Diagnostic` for text that is none, or has no header.
  init(_ bytes: Data, file: String, separator: Character, what: String) throws {
    self.file = file
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic("the file is not \(what): it is not UTF-8", at: .init(file: file))
    }
    let lines = text.split(separator: /\r?\n/, omittingEmptySubsequences: false).enumerated()
      .map {
        (
          line: $0 + 1,
          fields: $1.split(separator: separator, omittingEmptySubsequences: false).map(Self.trimmed)
        )
      }
      .filter { $0.fields.contains { !$0.isEmpty } }
    guard let first = lines.first else {
      throw Diagnostic("the file is not \(what): it is empty", at: .init(file: file))
    }
    header = first.fields.map { $0.lowercased() }
    rows = Array(lines.dropFirst())
  }

  private static func trimmed(_ field: Substring) -> String { field.trimmingCharacters(in: .whitespaces) }

  /// Position of the first of these columns that there is.
  func column(_ names: [String], what: String) throws -> Int {
    guard let position = names.lazy.compactMap({ header.firstIndex(of: $0) }).first else {
      throw Diagnostic(
        "the file is not \(what): it has no column \"\(names[0])\"", at: .init(file: file, line: 1, column: 1)
      )
    }
    return position
  }

  /// The field of a row; throws a `Diagnostic` where the row is too short.
  func field(_ position: Int, of row: (line: Int, fields: [String])) throws -> String {
    guard row.fields.indices.contains(position) else {
      throw Diagnostic(
        "the line has \(row.fields.count) fields, and the header \(header.count)",
        at: .init(file: file, line: row.line, column: 1))
    }
    return row.fields[position]
  }

  /// A number of at least 0.
  func number(_ position: Int, of row: (line: Int, fields: [String])) throws -> Double {
    let text = try field(position, of: row)
    guard let number = Double(text), number >= 0, number.isFinite else {
      throw Diagnostic(
        "\"\(header[position])\" is \"\(text.prefix(40))\"; it must be a number of at least 0",
        at: .init(file: file, line: row.line, column: 1))
    }
    return number
  }
}
