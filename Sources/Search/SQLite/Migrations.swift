/// The versions of a schema, in their order; each is reached from the one before, once.
///
/// A file names those that it has reached in the table `grdb_migrations`, as files that GRDB wrote do.
public struct Migrations: Sendable {
  private let steps: [(identifier: String, sql: String)]

  /// - Parameter steps: Of each version its name, and the statements that lead to it from the one before.
  public init(_ steps: [(identifier: String, sql: String)]) { self.steps = steps }

  /// Brings a file to the newest version.
  public func run(on queue: DatabaseQueue) throws {
    try queue.write {
      try $0.execute(sql: "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    }
    for step in steps {
      try queue.write { database in
        // Another process may have been here first.
        guard try !applied(database).contains(step.identifier) else { return }
        try database.execute(sql: step.sql)
        try database.execute(
          sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)", arguments: [step.identifier])
      }
    }
  }

  /// Whether a file has versions that are not among these.
  public func isSuperseded(_ database: Database) throws -> Bool {
    try !applied(database).subtracting(steps.map(\.identifier)).isEmpty
  }

  /// Whether a file has all of these.
  public func isComplete(_ database: Database) throws -> Bool {
    try applied(database).isSuperset(of: steps.map(\.identifier))
  }

  private func applied(_ database: Database) throws -> Set<String> {
    let table = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'grdb_migrations'"
    guard try database.value(Int.self, sql: table) == 1 else { return [] }
    return Set(try database.values(sql: "SELECT identifier FROM grdb_migrations"))
  }
}
