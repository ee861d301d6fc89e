import FixtureBuilding
import Foundation
import SQLite
import Testing

@Suite("A database") final class DatabaseTests {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/numbers.db" }

  init() throws { folder = try TemporaryFolder() }

  private func queue(_ sql: String = "", isReadOnly: Bool = false) throws -> DatabaseQueue {
    try DatabaseQueue(path: path, isReadOnly: isReadOnly) { try $0.execute(sql: sql) }
  }

  @Test(
    "stores each value in the type that SQLite names, and gives it back",
    arguments: [
      (DatabaseValue.null, "null"), (.integer(.min), "integer"), (.integer(.max), "integer"),
      (.real(0.1), "real"), (.real(2), "real"), (.text(""), "text"), (.text("häq\0\u{1F600}"), "text"),
      (.blob(Data()), "blob"), (.blob(Data([0, 255])), "blob"),
    ])
  func values(_ value: DatabaseValue, type: String) throws {
    let stored = try queue("CREATE TABLE value (it)").write { database in
      try database.execute(sql: "INSERT INTO value VALUES (?)", arguments: [value])
      return try database.row(sql: "SELECT it, typeof(it) FROM value") {
        ($0[0], try $0.value(1, as: String.self))
      }
    }
    #expect(stored?.0 == value && stored?.1 == type)
  }

  /// The first value of an expression in SQL.
  private func value<Value: DatabaseConvertible>(_ sql: String, _ type: Value.Type) throws -> Value? {
    try queue().read { database in try database.row(sql: "SELECT \(sql)") { try $0.value(0, as: type) } }
  }

  @Test("reads a value in exactly the type that is asked for")
  func types() throws {
    #expect(try value("42", Int.self) == 42)
    #expect(try value("42.0", Int.self) == 42)
    #expect(try value("42", Double.self) == 42)
    #expect(try value("7", Bool.self) == true)
    #expect(try value("0", Bool.self) == false)
    #expect(try value("-2147483648", Int32.self) == .min)
    #expect(throws: (any Error).self) { try self.value("0.5", Bool.self) }
    #expect(throws: (any Error).self) { try self.value("2147483648", Int32.self) }
    #expect(throws: (any Error).self) { try self.value("'a'", Double.self) }
    #expect(throws: (any Error).self) { try self.value("'a'", Data.self) }
    for sql in ["1", "x'00'", "NULL"] {
      #expect(throws: (any Error).self) { try self.value(sql, String.self) }
    }
    for sql in ["'42'", "42.5", "1e300", "NULL"] {
      #expect(throws: (any Error).self) { try self.value(sql, Int.self) }
    }
    let error = #expect(throws: (any Error).self) { try self.value("'wide'", Int.self) }
    #expect("\(try #require(error))" == "column 1 is \"wide\", and must be of type Int")
    #expect(try queue().read { try $0.value(Int.self, sql: "SELECT NULL") } == nil)
    #expect(try queue().read { try $0.value(Int.self, sql: "SELECT 1 WHERE 0") } == nil)
  }

  @Test("runs statements one after the other, and stops at the one that fails")
  func statements() throws {
    let queue = try queue("CREATE TABLE number (it INTEGER); -- and no more;\n")
    let error = #expect(throws: DatabaseError.self) {
      try queue.use { try $0.execute(sql: "INSERT INTO number VALUES (1); INSERT INTO nowhere VALUES (2)") }
    }
    #expect(error?.message == "no such table: nowhere")
    #expect(try queue.read { try $0.values(Int.self, sql: "SELECT it FROM number") } == [1])
    var seen: [Int] = []
    try queue.read { database in
      try database.forEachRow(sql: "VALUES (1), (2), (3)") {
        seen.append(try $0.value(0))
        return seen.count == 2 ? .enough : .next
      }
    }
    #expect(seen == [1, 2])
  }

  private struct Refusal: Error {}

  @Test("keeps all changes of a transaction or none, and goes on after an error")
  func transactions() throws {
    let queue = try queue("CREATE TABLE number (it INTEGER UNIQUE)")
    let unique = #expect(throws: DatabaseError.self) {
      try queue.write {
        try $0.execute(sql: "INSERT INTO number VALUES (1), (2); INSERT INTO number VALUES (1)")
      }
    }
    // SQLITE_CONSTRAINT_UNIQUE.
    #expect(unique?.code == 2067 && unique?.primaryCode == 19)
    #expect(throws: Refusal.self) {
      try queue.write {
        try $0.execute(sql: "INSERT INTO number VALUES (3)")
        throw Refusal()
      }
    }
    try queue.write { try $0.execute(sql: "INSERT INTO number VALUES (4)") }
    #expect(try queue.read { try $0.values(Int.self, sql: "SELECT it FROM number") } == [4])
  }

  @Test("shows a reader one state, whatever another writes meanwhile")
  func isolation() throws {
    let writer = try queue(
      "PRAGMA journal_mode = WAL; CREATE TABLE number (it); INSERT INTO number VALUES (1)")
    let reader = try queue(isReadOnly: true)
    let count = "SELECT count(*) FROM number"
    let seen = try reader.read { database in
      let before = try database.value(Int.self, sql: count)
      try writer.write { try $0.execute(sql: "INSERT INTO number VALUES (2)") }
      return [before, try database.value(Int.self, sql: count)]
    }
    #expect(seen == [1, 1])
    #expect(try reader.read { try $0.value(Int.self, sql: count) } == 2)
  }

  @Test("calls functions with the values as they are stored")
  func functions() throws {
    let function = DatabaseFunction("described") { $0.map(\.description).joined(separator: " ") }
    let queue = try DatabaseQueue(path: path, functions: [function])
    let texts = try queue.read { database in
      [
        try database.value(
          String.self, sql: "SELECT described(1, 2.5, 'a' || char(0) || 'b', x'0102', NULL)"),
        try database.value(String.self, sql: "SELECT described()"),
      ]
    }
    #expect(texts == ["1 2.5 \"a\\0b\" 2 bytes NULL", ""])
  }

  @Test("says what is wrong with a file by SQLite's codes")
  func errors() throws {
    func code(_ body: () throws -> Void) -> Int32? {
      #expect(throws: DatabaseError.self, performing: body)?.code
    }
    #expect(code { _ = try queue(isReadOnly: true) } == DatabaseError.cannotOpen)
    try Data(
      "no database, but long enough to be read as the beginning of one, which has 100 bytes or more in it"
        .utf8
    )
    .write(to: URL(filePath: path))
    #expect(
      code { try queue().read { try $0.execute(sql: "SELECT * FROM sqlite_schema") } }
        == DatabaseError.notADatabase)
    try FileManager.default.removeItem(atPath: path)
    _ = try queue("CREATE TABLE number (it)")
    let reader = try queue(isReadOnly: true)
    #expect(code { try reader.use { try $0.execute(sql: "DELETE FROM number") } } == DatabaseError.readOnly)
    reader.close()
    #expect(code { try reader.read { _ in } } != nil)
    #expect(
      [DatabaseError.failedWrite, DatabaseError.readOnlyRecovery, DatabaseError.readOnlyRollback] == [
        778, 264, 776,
      ],
      "the numbers of https://www.sqlite.org/rescode.html")
  }
}
