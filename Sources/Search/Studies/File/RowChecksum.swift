import Foundation
import Hashing
import SQLite

/// The checksum of a row: a flipped bit in what was recorded must not pass for a measurement.
///
/// SQL calls it, so that a row is checked while it is read and no reader can forget to.
enum RowChecksum {
  /// `haq_row_checksum('table', column, ...)`.
  static let function = DatabaseFunction("haq_row_checksum") { of($0) }

  /// The first 16 hexadecimal digits of the SHA-256 of the values, each with its type and length: `i` and the decimal
  /// digits of an integer, `d` and the hexadecimal bits of a real number, `t` and `b` with the count of bytes, a colon
  /// and the bytes of a text and of a blob, `n` for NULL; a newline after each.
  static func of(_ values: [DatabaseValue]) -> String {
    var bytes = Data()
    for value in values {
      switch value {
      case .null: bytes += "n".utf8
      case .integer(let integer): bytes += "i\(integer)".utf8
      case .real(let real): bytes += ("d" + String(real.bitPattern, radix: 16)).utf8
      case .text(let text):
        bytes += "t\(text.utf8.count):".utf8
        bytes += text.utf8
      case .blob(let data):
        bytes += "b\(data.count):".utf8
        bytes += data
      }
      bytes += "\n".utf8
    }
    return String(bytes.sha256.prefix(16))
  }
}
