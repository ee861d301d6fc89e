import FixtureBuilding
import SQLite
import Testing

@Suite("Migrations") final class MigrationsTests {
  private let folder: TemporaryFolder
  private let queue: DatabaseQueue

  init() throws {
    folder = try TemporaryFolder()
    queue = try DatabaseQueue(path: "\(folder.path)/file.db")
  }

  private let first = Migrations([("1", "CREATE TABLE number (it)")])
  private let both = Migrations([("1", "CREATE TABLE number (it)"), ("2", "INSERT INTO number VALUES (2)")])

  private func state(_ migrations: Migrations) throws -> (isComplete: Bool, isSuperseded: Bool) {
    try queue.read { (try migrations.isComplete($0), try migrations.isSuperseded($0)) }
  }

  @Test("lead a file through every version once")
  func once() throws {
    #expect(try state(both) == (false, false))
    try first.run(on: queue)
    #expect(try state(first) == (true, false) && state(both) == (false, false))
    for _ in 0..<2 { try both.run(on: queue) }
    #expect(try state(both) == (true, false) && state(first) == (true, true))
    #expect(try queue.read { try $0.values(Int.self, sql: "SELECT it FROM number") } == [2])
  }

  @Test("leave a file at the version before one that fails")
  func failure() throws {
    let broken = Migrations([
      ("1", "CREATE TABLE number (it)"),
      ("2", "INSERT INTO number VALUES (1); INSERT INTO nowhere VALUES (1)"),
    ])
    #expect(throws: DatabaseError.self) { try broken.run(on: queue) }
    #expect(try state(first) == (true, false))
    #expect(try queue.read { try $0.values(Int.self, sql: "SELECT it FROM number") } == [])
  }

  @Test("are read from files of GRDB")
  func earlier() throws {
    try queue.write {
      try $0.execute(
        sql: """
          CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
          INSERT INTO grdb_migrations VALUES ('1'); CREATE TABLE number (it)
          """)
    }
    try both.run(on: queue)
    #expect(try queue.read { try $0.values(Int.self, sql: "SELECT it FROM number") } == [2])
  }
}
