import Diagnostics
import Foundation

/// Text of separated fields as RFC 4180 describes it, with the place of every field; also as spreadsheets write it, with
/// a byte order mark, in UTF-16, or with semicolons or tabs.
///
/// Written here because the field's CSV readers keep no lines and columns, which every message of ours needs.
struct CSVText {
  /// One line of fields; the header is the first.
  struct Record {
    var fields: [Field]
    var place: Diagnostic.Place
  }

  /// The text between two separators, quotation marks and the spaces around it removed.
  struct Field {
    var text: String
    var isQuoted = false
    var place: Diagnostic.Place
  }

  /// The largest file that is read, in bytes.
  static let sizeLimit = 64 << 20
  /// The most fields of a file; each takes some hundred bytes in memory.
  static let fieldLimit = 4 << 20
  /// The longest field, in characters: a quotation mark that nothing closes is an error there.
  static let lengthLimit = 1 << 16

  /// What ends a field.
  enum Separator: UnicodeScalar, CaseIterable {
    case comma = ","
    case semicolon = ";"
    case tab = "\t"

    var name: String { "\(self)" }
  }

  /// Without blank lines.
  private(set) var records: [Record] = []
  let separator: Separator
  private(set) var blankLines = 0

  /// Throws `Diagnostics` for text that is not CSV at all; what the fields say is the caller's to judge.
  init(_ bytes: Data, file: String) throws {
    func refuse(_ message: String, hint: String? = nil) -> Diagnostics {
      Diagnostics([Diagnostic(message, at: .init(file: file), hint: hint)])
    }
    guard bytes.count <= Self.sizeLimit else {
      throw refuse("the file has \(bytes.count) bytes; at most \(Self.sizeLimit) are read")
    }
    let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let decoded =
      isUTF16
      ? String(data: bytes, encoding: .utf16) : String(validating: bytes.dropFirst(mark), as: UTF8.self)
    guard let text = decoded else { throw refuse("the file is not UTF-8", hint: "Save it as UTF-8.") }
    separator = Self.separator(of: text)
    var scan = Scan(text, file: file, separator: separator.rawValue)
    while !scan.isAtEnd {
      let record = try scan.record()
      if record.fields.allSatisfy({ $0.text.isEmpty }) { blankLines += 1 } else { records.append(record) }
    }
    guard !records.isEmpty else { throw refuse("the file is empty", hint: "Begin it with a header line.") }
  }

  /// That of the first line that has one outside of quotation marks: a header has no numbers, so what separates there
  /// is no decimal comma.
  private static func separator(of text: String) -> Separator {
    let line = text.unicodeScalars.drop { $0 == "\n" || $0 == "\r" }.prefix { $0 != "\n" && $0 != "\r" }
    var isQuoted = false
    var counts: [Separator: Int] = [:]
    for scalar in line {
      if scalar == "\"" { isQuoted.toggle() }
      if !isQuoted, let separator = Separator(rawValue: scalar) { counts[separator, default: 0] += 1 }
    }
    // A unit such as "time, us" may put a comma into a header of semicolons or tabs, but not the reverse.
    return [.tab, .semicolon].first { counts[$0, default: 0] > 0 } ?? .comma
  }
}

/// Walks the Unicode scalars of a text and counts lines and columns from 1.
private struct Scan {
  private let scalars: String.UnicodeScalarView
  private let file: String
  private var index: String.UnicodeScalarView.Index
  private var fields = 0
  private var line = 1
  private var column = 1

  private let separator: UnicodeScalar

  init(_ text: String, file: String, separator: UnicodeScalar) {
    self.separator = separator
    scalars = text.unicodeScalars
    index = scalars.startIndex
    self.file = file
  }

  var isAtEnd: Bool { index == scalars.endIndex }

  private var place: Diagnostic.Place { .init(file: file, line: line, column: column) }

  private var isAtLineEnd: Bool {
    guard index < scalars.endIndex else { return true }
    return scalars[index] == "\n" || (scalars[index] == "\r" && isAfter("\n"))
  }

  private func isAfter(_ next: UnicodeScalar) -> Bool {
    let after = scalars.index(after: index)
    return after < scalars.endIndex && scalars[after] == next
  }

  private mutating func advance() -> UnicodeScalar {
    let scalar = scalars[index]
    index = scalars.index(after: index)
    (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    return scalar
  }

  /// One record and the end of its line.
  mutating func record() throws -> CSVText.Record {
    var record = CSVText.Record(fields: [try field()], place: place)
    record.place.column = 1
    while !isAtLineEnd {
      // A field ends at a separator or at the end of its line.
      _ = advance()
      record.fields.append(try field())
    }
    while !isAtEnd, advance() != "\n" {}
    return record
  }

  private mutating func field() throws -> CSVText.Field {
    let start = place
    fields += 1
    guard fields <= CSVText.fieldLimit else {
      throw Diagnostics([
        Diagnostic(
          "the file has more than \(CSVText.fieldLimit) fields, which are the most that are read", at: start)
      ])
    }
    guard index < scalars.endIndex, scalars[index] == "\"" else {
      var text = String.UnicodeScalarView()
      var length = 0
      while !isAtLineEnd, scalars[index] != separator {
        length += 1
        guard length <= CSVText.lengthLimit else { throw tooLong(start) }
        guard scalars[index] != "\"" else {
          throw Diagnostics([
            Diagnostic(
              "a quotation mark inside a field that does not begin with one", at: place,
              hint: "Quote the whole field, and double the marks inside it.")
          ])
        }
        text.append(advance())
      }
      return CSVText.Field(text: String(text).trimmed, place: start)
    }
    return CSVText.Field(text: try quotedText(from: start), isQuoted: true, place: start)
  }

  private mutating func quotedText(from start: Diagnostic.Place) throws -> String {
    var text = String.UnicodeScalarView()
    var length = 0
    _ = advance()
    while !isAtEnd {
      length += 1
      guard length <= CSVText.lengthLimit else { throw tooLong(start, isQuoted: true) }
      let scalar = advance()
      if scalar != "\"" {
        text.append(scalar)
      } else if !isAtEnd, scalars[index] == "\"" {
        text.append(advance())
      } else if isAtLineEnd || scalars[index] == separator {
        return String(text)
      } else {
        throw Diagnostics([
          Diagnostic(
            "text after the closing quotation mark of a field", at: place, hint: "Put a separator there.")
        ])
      }
    }
    throw Diagnostics([Diagnostic("this quoted field is never closed", at: start)])
  }

  private func tooLong(_ start: Diagnostic.Place, isQuoted: Bool = false) -> Diagnostics {
    Diagnostics([
      Diagnostic(
        "this field has more than \(CSVText.lengthLimit) characters", at: start,
        hint: isQuoted ? "Is its quotation mark never closed?" : nil)
    ])
  }
}

extension String {
  /// Without the spaces around it.
  var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
