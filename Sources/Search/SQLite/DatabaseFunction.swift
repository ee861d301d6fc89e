import CSQLite

/// A function that SQL can call, with any number of arguments; equal arguments give equal texts.
public struct DatabaseFunction: Sendable {
  public let name: String
  public let text: @Sendable ([DatabaseValue]) -> String

  public init(_ name: String, _ text: @escaping @Sendable ([DatabaseValue]) -> String) {
    self.name = name
    self.text = text
  }

  /// Makes the function known to a connection.
  func add(to connection: OpaquePointer) throws(DatabaseError) {
    let context = Unmanaged.passRetained(Context(text)).toOpaque()
    let code = sqlite3_create_function_v2(
      connection, name, -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, context,
      { call, count, arguments in
        let context = Unmanaged<Context>.fromOpaque(sqlite3_user_data(call)).takeUnretainedValue()
        let values = UnsafeBufferPointer(start: arguments, count: Int(count)).map { DatabaseValue($0) }
        var text = context.text(values)
        text.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) {
            haq_sqlite_result_text(call, $0.baseAddress, UInt64($0.count))
          }
        }
      }, nil, nil, { Unmanaged<Context>.fromOpaque($0!).release() })
    // SQLite releases the context where it refuses, too.
    guard code == SQLITE_OK else { throw DatabaseError(connection, code: code) }
  }

  private final class Context {
    let text: @Sendable ([DatabaseValue]) -> String

    init(_ text: @escaping @Sendable ([DatabaseValue]) -> String) { self.text = text }
  }
}
