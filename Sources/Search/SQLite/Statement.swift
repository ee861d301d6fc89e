import CSQLite
import Foundation

/// A compiled statement of SQL with its arguments.
final class Statement {
  private let connection: OpaquePointer
  private let statement: OpaquePointer

  /// The next statement of a text of several; nil where only spaces and comments are left.
  ///
  /// - Parameter sql: Ends with a NUL; advances past the statement.
  init?(_ connection: OpaquePointer, _ sql: inout UnsafePointer<CChar>) throws(DatabaseError) {
    var compiled: OpaquePointer?
    var rest: UnsafePointer<CChar>?
    let code = sqlite3_prepare_v2(connection, sql, -1, &compiled, &rest)
    guard code == SQLITE_OK else { throw DatabaseError(connection, code: code) }
    if let rest { sql = rest }
    guard let compiled else { return nil }
    self.connection = connection
    statement = compiled
  }

  deinit { sqlite3_finalize(statement) }

  var parameterCount: Int { Int(sqlite3_bind_parameter_count(statement)) }

  /// Sets the values of the question marks, from the first on.
  func bind(_ arguments: [(any DatabaseConvertible)?]) throws(DatabaseError) {
    precondition(arguments.count == parameterCount, "as many arguments as question marks")
    for (index, argument) in zip(Int32(1)..., arguments) {
      let code = bind(argument?.databaseValue ?? .null, at: index)
      guard code == SQLITE_OK else { throw DatabaseError(connection, code: code) }
    }
  }

  private func bind(_ value: DatabaseValue, at index: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, index)
    case .integer(let integer): return sqlite3_bind_int64(statement, index, integer)
    case .real(let real): return sqlite3_bind_double(statement, index, real)
    case .text(var text):
      return text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          haq_sqlite_bind_text(statement, index, $0.baseAddress, UInt64($0.count))
        }
      }
    case .blob(let data):
      return data.withUnsafeBytes {
        haq_sqlite_bind_blob(statement, index, $0.baseAddress, UInt64($0.count))
      }
    }
  }

  /// The next row of the result; nil after the last.
  func next() throws(DatabaseError) -> Row? {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return Row(statement)
    case SQLITE_DONE: return nil
    case let code: throw DatabaseError(connection, code: code)
    }
  }
}
