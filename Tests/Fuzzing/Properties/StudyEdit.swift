import Foundation
import SQLite

/// A change to a study file, read from the bytes of a fuzzer: to bytes of the file, or to a value of a row.
enum StudyEdit {
  case overwrite(at: Int, [UInt8])
  case truncate(at: Int)
  /// The value of a column of a row, by their positions.
  case value(table: Int, row: Int, column: Int, DatabaseValue)
  /// One of the numbers within a text, as in JSON.
  case number(table: Int, row: Int, column: Int, which: Int, by: String)
  case delete(table: Int, row: Int)

  /// All that a fuzzer's input says: first whether bytes or values are changed, then changes to the end.
  static func all(of input: [UInt8]) -> [StudyEdit] {
    guard let kind = input.first else { return [] }
    var bytes = Reader(rest: input.dropFirst())
    var edits: [StudyEdit] = []
    while !bytes.rest.isEmpty, edits.count < 8 {
      edits.append(kind.isMultiple(of: 2) ? byteEdit(&bytes) : valueEdit(&bytes))
    }
    return edits
  }

  private static func byteEdit(_ bytes: inout Reader) -> StudyEdit {
    let (kind, place) = (bytes.byte(), bytes.number(3))
    return kind > 250 ? .truncate(at: place) : .overwrite(at: place, bytes.text(bytes.byte() % 16 + 1))
  }

  private static func valueEdit(_ bytes: inout Reader) -> StudyEdit {
    let (kind, table, row, column) = (bytes.byte() % 8, bytes.byte(), bytes.byte(), bytes.byte())
    let value: DatabaseValue
    switch kind {
    case 0: value = .null
    case 1: value = .integer(Int64(Int8(truncatingIfNeeded: bytes.byte())))
    case 2: value = .integer(Int64(truncatingIfNeeded: bytes.number(8)))
    case 3: value = .real(Double(bitPattern: UInt64(truncatingIfNeeded: bytes.number(8))))
    case 4: value = .text(String(decoding: bytes.text(bytes.byte()), as: UTF8.self))
    case 5: value = .blob(Data(bytes.text(bytes.byte())))
    case 6: return .delete(table: table, row: row)
    default:
      return .number(
        table: table, row: row, column: column, which: bytes.byte(), by: numbers[bytes.byte() % numbers.count]
      )
    }
    return .value(table: table, row: row, column: column, value)
  }

  private static let numbers = [
    "0", "-1", "1", "2", "33", "0.5", "1.5", "-0.5", "1e308", "-1e308", "1e-320", "4294967295", "1e12",
    "9223372036854775807", "-9223372036854775808", "1e99", "null", "true", "[]", "\"x\"",
  ]

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func byte() -> Int { Int(rest.popFirst() ?? 0) }

    mutating func number(_ count: Int) -> Int {
      (0..<count).reduce(0) { number, _ in number << 8 | byte() }
    }

    mutating func text(_ count: Int) -> [UInt8] {
      let text = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      return text
    }
  }
}
