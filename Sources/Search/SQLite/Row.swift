import CSQLite
import Foundation

/// A row of a result, valid until the next one is read.
public struct Row {
  private let statement: OpaquePointer

  init(_ statement: OpaquePointer) { self.statement = statement }

  /// The value of a column, from 0.
  public subscript(index: Int) -> DatabaseValue {
    let column = Int32(index)
    precondition(column < sqlite3_column_count(statement), "the row has no column \(index)")
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
      // The text first, since asking for it may change its length.
      let text = sqlite3_column_text(statement, column)
      return .text(DatabaseValue.text(text, count: sqlite3_column_bytes(statement, column)))
    case SQLITE_BLOB:
      let bytes = sqlite3_column_blob(statement, column)
      return .blob(DatabaseValue.data(bytes, count: sqlite3_column_bytes(statement, column)))
    default: return .null
    }
  }

  /// The value of a column in exactly its type; throws what can be read for another value, and for NULL.
  public func value<Value: DatabaseConvertible>(_ index: Int, as type: Value.Type = Value.self) throws
    -> Value
  {
    guard let value = try optionalValue(index, as: type) else { throw WrongValue(index, "NULL", Value.self) }
    return value
  }

  /// The same of a column that may be NULL.
  public func optionalValue<Value: DatabaseConvertible>(
    _ index: Int, as type: Value.Type = Value.self
  ) throws -> Value? {
    let stored = self[index]
    if stored == .null { return nil }
    guard let value = Value(stored) else { throw WrongValue(index, "\(stored)", Value.self) }
    return value
  }

  private struct WrongValue: Error, CustomStringConvertible {
    var description: String

    init(_ index: Int, _ value: String, _ type: Any.Type) {
      description = "column \(index + 1) is \(value.prefix(100)), and must be of type \(type)"
    }
  }
}

extension DatabaseValue {
  /// The value of an argument of a function.
  init(_ value: OpaquePointer?) {
    switch sqlite3_value_type(value) {
    case SQLITE_INTEGER: self = .integer(sqlite3_value_int64(value))
    case SQLITE_FLOAT: self = .real(sqlite3_value_double(value))
    case SQLITE_TEXT:
      let text = sqlite3_value_text(value)
      self = .text(Self.text(text, count: sqlite3_value_bytes(value)))
    case SQLITE_BLOB:
      let bytes = sqlite3_value_blob(value)
      self = .blob(Self.data(bytes, count: sqlite3_value_bytes(value)))
    default: self = .null
    }
  }

  fileprivate static func text(_ text: UnsafePointer<UInt8>?, count: Int32) -> String {
    String(decoding: UnsafeBufferPointer(start: text, count: text == nil ? 0 : Int(count)), as: UTF8.self)
  }

  /// SQLite gives no pointer to no bytes.
  fileprivate static func data(_ bytes: UnsafeRawPointer?, count: Int32) -> Data {
    Data(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(count)))
  }
}
