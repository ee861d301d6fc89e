import CSQLite
import Foundation

/// An SQLite file, opened; those who use it wait for each other.
///
/// Not to be used within its own functions, which would wait for ever.
public final class DatabaseQueue: @unchecked Sendable {
  public let isReadOnly: Bool

  // Guarded by the lock; nil once closed.
  private var connection: OpaquePointer?
  private let lock = NSLock()

  /// Opens a file, and makes it where there is none, unless it is only to be read.
  ///
  /// - Parameters:
  ///   - functions: What SQL can call.
  ///   - prepare: Settings of the connection.
  public init(
    path: String, isReadOnly: Bool = false, functions: [DatabaseFunction] = [],
    prepare: (Database) throws -> Void = { _ in }
  ) throws {
    self.isReadOnly = isReadOnly
    let flags = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    let code = sqlite3_open_v2(path, &connection, flags | SQLITE_OPEN_FULLMUTEX, nil)
    // A connection that could not be opened says why, and has to be closed as well, which deinit does.
    guard code == SQLITE_OK, let connection else { throw DatabaseError(connection, code: code) }
    sqlite3_extended_result_codes(connection, 1)
    // Those who write and read in turn hold no lock for longer than a transaction.
    sqlite3_busy_timeout(connection, 10_000)
    for function in functions { try function.add(to: connection) }
    let database = Database(connection: connection)
    try database.execute(sql: "PRAGMA foreign_keys = ON")
    try prepare(database)
  }

  deinit { close() }

  /// Calls a function that sees one state of the file, whatever others write meanwhile.
  public func read<Value>(_ query: (Database) throws -> Value) throws -> Value {
    try use { database in try database.transaction("BEGIN DEFERRED") { try query(database) } }
  }

  /// One transaction, on the disk when this returns as far as the settings say.
  public func write<Value>(_ changes: (Database) throws -> Value) throws -> Value {
    try use { database in try database.transaction("BEGIN IMMEDIATE") { try changes(database) } }
  }

  /// Calls a function that opens its transactions itself.
  public func use<Value>(_ body: (Database) throws -> Value) throws -> Value {
    lock.lock()
    defer { lock.unlock() }
    guard let connection else {
      throw DatabaseError(code: SQLITE_MISUSE, message: "the file is closed")
    }
    return try body(Database(connection: connection))
  }

  public func close() {
    lock.lock()
    defer { lock.unlock() }
    sqlite3_close_v2(connection)
    connection = nil
  }
}
