import CSQLite

/// What SQLite refused or failed to do.
public struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
  /// SQLite's extended result code, such as `SQLITE_IOERR_WRITE`: https://www.sqlite.org/rescode.html.
  public var code: Int32
  /// SQLite's words.
  public var message: String

  /// The primary result code, such as `SQLITE_IOERR`.
  public var primaryCode: Int32 { code & 0xFF }

  public var description: String { "SQLite error \(code): \(message)" }

  public init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// The last error of a connection.
  init(_ connection: OpaquePointer?, code: Int32) {
    let extended = sqlite3_extended_errcode(connection)
    // A refusal to use a connection is not recorded in it.
    self.code = connection != nil && extended & 0xFF == code & 0xFF ? extended : code
    message = String(
      cString: connection != nil && self.code == extended ? sqlite3_errmsg(connection) : sqlite3_errstr(code))
  }
}

/// Extended result codes; of some there is a C macro that Swift does not import.
extension DatabaseError {
  public static let cannotOpen = SQLITE_CANTOPEN
  public static let corrupt = SQLITE_CORRUPT
  public static let full = SQLITE_FULL
  public static let notADatabase = SQLITE_NOTADB
  public static let noPermission = SQLITE_PERM
  public static let readOnly = SQLITE_READONLY
  public static let failedWrite = SQLITE_IOERR | 3 << 8
  /// A log lies beside the file that a reader may not recover.
  public static let readOnlyRecovery = SQLITE_READONLY | 1 << 8
  /// A journal lies beside the file that a reader may not roll back.
  public static let readOnlyRollback = SQLITE_READONLY | 3 << 8
}
