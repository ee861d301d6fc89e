import Diagnostics
import Foundation

/// Comma-separated text as RFC 4180 describes it, with the place of every field.
///
/// Written here because the field's CSV readers keep no lines and columns, which every message of ours needs.
struct CSVText {
  /// One line of fields; the header is the first.
  struct Record {
    var fields: [Field]
    var place: Diagnostic.Place
  }

  /// The text between two commas, quotation marks removed.
  struct Field {
    var text: String
    var place: Diagnostic.Place
  }

  /// The largest file that is read, in bytes.
  static let sizeLimit = 64 << 20

  private(set) var records: [Record] = []

  /// Throws `Diagnostics` for text that is not CSV at all; what the fields say is the caller's to judge.
  init(_ bytes: Data, file: String) throws {
    func refuse(_ message: String, hint: String? = nil) -> Diagnostics {
      Diagnostics([Diagnostic(message, at: .init(file: file), hint: hint)])
    }
    guard bytes.count <= Self.sizeLimit else {
      throw refuse("the file has \(bytes.count) bytes; at most \(Self.sizeLimit) are read")
    }
    guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
      throw refuse("the file begins with a byte order mark", hint: "Save it as UTF-8 without one.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw refuse("the file is not UTF-8", hint: "Save it as UTF-8.")
    }
    var scan = Scan(text, file: file)
    while !scan.isAtEnd { records.append(try scan.record()) }
    guard !records.isEmpty else { throw refuse("the file is empty", hint: "Begin it with a header line.") }
  }
}

/// Walks the Unicode scalars of a text and counts lines and columns from 1.
private struct Scan {
  private let scalars: [UnicodeScalar]
  private let file: String
  private var index = 0
  private var line = 1
  private var column = 1

  init(_ text: String, file: String) {
    scalars = Array(text.unicodeScalars)
    self.file = file
  }

  var isAtEnd: Bool { index == scalars.count }

  private var place: Diagnostic.Place { .init(file: file, line: line, column: column) }

  private var isAtLineEnd: Bool {
    guard index < scalars.count else { return true }
    return scalars[index] == "\n" || (scalars[index] == "\r" && isAfter("\n"))
  }

  private func isAfter(_ next: UnicodeScalar) -> Bool {
    index + 1 < scalars.count && scalars[index + 1] == next
  }

  private mutating func advance() -> UnicodeScalar {
    let scalar = scalars[index]
    index += 1
    (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    return scalar
  }

  /// One record and the end of its line.
  mutating func record() throws -> CSVText.Record {
    var record = CSVText.Record(fields: [try field()], place: place)
    record.place.column = 1
    while !isAtLineEnd {
      // A field ends at a comma or at the end of its line.
      _ = advance()
      record.fields.append(try field())
    }
    while !isAtEnd, advance() != "\n" {}
    return record
  }

  private mutating func field() throws -> CSVText.Field {
    let start = place
    guard index < scalars.count, scalars[index] == "\"" else {
      var text = String.UnicodeScalarView()
      while !isAtLineEnd, scalars[index] != "," {
        guard scalars[index] != "\"" else {
          throw Diagnostics([
            Diagnostic(
              "a quotation mark inside a field that does not begin with one", at: place,
              hint: "Quote the whole field, and double the marks inside it.")
          ])
        }
        text.append(advance())
      }
      return CSVText.Field(text: String(text), place: start)
    }
    return CSVText.Field(text: try quotedText(from: start), place: start)
  }

  private mutating func quotedText(from start: Diagnostic.Place) throws -> String {
    var text = String.UnicodeScalarView()
    _ = advance()
    while index < scalars.count {
      let scalar = advance()
      if scalar != "\"" {
        text.append(scalar)
      } else if index < scalars.count, scalars[index] == "\"" {
        text.append(advance())
      } else if isAtLineEnd || scalars[index] == "," {
        return String(text)
      } else {
        throw Diagnostics([
          Diagnostic(
            "text after the closing quotation mark of a field", at: place, hint: "Put a comma there.")
        ])
      }
    }
    throw Diagnostics([Diagnostic("this quoted field is never closed", at: start)])
  }
}
