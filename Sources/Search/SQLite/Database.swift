import CSQLite

/// A connection in use: what one thread may ask of it in turn.
public struct Database {
  let connection: OpaquePointer

  /// Runs statements, one after the other; only one may have arguments, in place of its question marks.
  public func execute(
    sql: String, arguments: [(any DatabaseConvertible)?] = []
  ) throws {
    try each(of: sql, arguments) { while try $0.next() != nil {} }
  }

  /// Calls a function with every row of a result, until it says that it has seen enough.
  public func forEachRow(
    sql: String, arguments: [(any DatabaseConvertible)?] = [], _ read: (Row) throws -> Reading
  ) throws {
    try each(of: sql, arguments) { statement in
      while let row = try statement.next() {
        if case .enough = try read(row) { return }
      }
    }
  }

  public enum Reading {
    case next
    case enough
  }

  /// The values of all rows of a result.
  public func rows<Value>(
    sql: String, arguments: [(any DatabaseConvertible)?] = [], _ read: (Row) throws -> Value
  ) throws -> [Value] {
    var values: [Value] = []
    try forEachRow(sql: sql, arguments: arguments) {
      values.append(try read($0))
      return .next
    }
    return values
  }

  /// That of the first row; nil where there is none.
  public func row<Value>(
    sql: String, arguments: [(any DatabaseConvertible)?] = [], _ read: (Row) throws -> Value
  ) throws -> Value? {
    var value: Value?
    try forEachRow(sql: sql, arguments: arguments) {
      value = try read($0)
      return .enough
    }
    return value
  }

  /// The first value of the first row; nil where there is no row, or where it is NULL.
  public func value<Value: DatabaseConvertible>(
    _ type: Value.Type = Value.self, sql: String, arguments: [(any DatabaseConvertible)?] = []
  ) throws -> Value? {
    try row(sql: sql, arguments: arguments) { try $0.optionalValue(0, as: type) } ?? nil
  }

  /// The first values of all rows.
  public func values<Value: DatabaseConvertible>(
    _ type: Value.Type = Value.self, sql: String, arguments: [(any DatabaseConvertible)?] = []
  ) throws -> [Value] {
    try rows(sql: sql, arguments: arguments) { try $0.value(0, as: type) }
  }

  /// Runs changes that happen all or not at all.
  func transaction<Value>(_ begin: String, _ changes: () throws -> Value) throws -> Value {
    try execute(sql: begin)
    do {
      let value = try changes()
      try execute(sql: "COMMIT")
      return value
    } catch {
      // Some errors have rolled back already.
      if sqlite3_get_autocommit(connection) == 0 { try? execute(sql: "ROLLBACK") }
      throw error
    }
  }

  /// Calls a function with every statement of a text.
  private func each(
    of sql: String, _ arguments: [(any DatabaseConvertible)?], _ run: (Statement) throws -> Void
  ) throws {
    try sql.withCString { text in
      var (rest, arguments) = (text, arguments)
      while let statement = try Statement(connection, &rest) {
        if statement.parameterCount > 0 {
          try statement.bind(arguments)
          arguments = []
        }
        try run(statement)
      }
      precondition(arguments.isEmpty, "as many arguments as question marks")
    }
  }
}
