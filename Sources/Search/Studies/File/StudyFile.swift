import Foundation
import Glibc
import SQLite

/// The SQLite file of a study, opened; every error that it throws is a `StudyError`.
struct StudyFile {
  let path: String
  private let queue: DatabaseQueue

  /// What may be done with the file.
  enum Access {
    /// For reports and lists; another process may be writing.
    case reading
    /// For the one process that carries the study on.
    case writing
    /// For a study that nobody sees yet.
    case drafting
  }

  /// Opens a study, bringing it to the newest schema when it may be written.
  init(_ path: String, _ access: Access) throws(StudyError) {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    self.path = path
    do {
      queue = try Self.checkedQueue(path, access)
      if access == .writing { try StudySchema.migrations.run(on: queue) }
    } catch let error as StudyError {
      throw error
    } catch {
      throw StudyError(error, path: path)
    }
  }

  /// Writes a new study under a temporary name, which then takes its own: no half-made study is ever seen.
  static func create(at path: String, _ fill: (Database) throws -> Void) throws(StudyError) {
    let draft = URL(filePath: path).deletingLastPathComponent().appending(
      path: ".\(UUID().uuidString).draft"
    ).path
    defer { for suffix in ["", "-journal"] { unlink(draft + suffix) } }
    do {
      let queue = try queue(draft, .drafting)
      try StudySchema.migrations.run(on: queue)
      try queue.write(fill)
      queue.close()
    } catch {
      throw StudyError(error, path: path)
    }
    // Unlike a renaming, a link never replaces another study.
    guard link(draft, path) == 0 else {
      throw errno == EEXIST
        ? .exists(path: path) : .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    synchronizeFolder(of: path)
  }

  func read<Value>(_ query: (Database) throws -> Value) throws(StudyError) -> Value {
    do {
      return try queue.read(query)
    } catch let error where !(error is DatabaseError || error is StudyError) {
      // A value that is not what the schema says.
      throw .damaged(path: path, reason: StudyText.reason(error))
    } catch {
      throw StudyError(error, path: path)
    }
  }

  /// The rows of a table, each as it was written; throws `StudyError.damagedRows` for the first that is not.
  ///
  /// - Parameter rest: Conditions and order.
  func rows<Value>(
    of table: StudyTable, _ rest: String = "", _ arguments: [(any DatabaseConvertible)?] = [],
    _ make: (Row) throws -> Value
  ) throws(StudyError) -> [Value] {
    try read { database in
      try database.rows(sql: "\(table.selection) \(rest)", arguments: arguments) { row in
        switch Self.value(row, of: table, make) {
        case .success(let value): return value
        case .failure(let damage): throw StudyError.damagedRows(path: path, [damage.row])
        }
      }
    }
  }

  /// How many rows a table has, how many of them have no checksum, and those that are not what was written.
  func check(
    _ table: StudyTable, _ make: (Row) throws -> Void
  ) throws(StudyError) -> (count: Int, withoutChecksum: Int, damaged: [DamagedRow]) {
    try read { database in
      var (count, damaged): (Int, [DamagedRow]) = (0, [])
      try database.forEachRow(sql: "\(table.selection) ORDER BY \(table.key)") { row in
        count += 1
        if case .failure(let damage) = Self.value(row, of: table, make) { damaged.append(damage.row) }
        return .next
      }
      let bare = try database.value(
        Int.self, sql: "SELECT count(*) FROM \(table.rawValue) WHERE checksum IS NULL")
      return (count, bare ?? 0, damaged)
    }
  }

  private struct Damage: Error {
    var row: DamagedRow
  }

  private static func value<Value>(
    _ row: Row, of table: StudyTable, _ make: (Row) throws -> Value
  ) -> Result<Value, Damage> {
    let key = row[0]
    func damage(_ reason: String) -> Damage { Damage(row: DamagedRow(table, key, reason)) }
    guard (try? row.value(table.columns.count, as: Bool.self)) == true else {
      return .failure(damage("its checksum is not that of its contents"))
    }
    do { return .success(try make(row)) } catch { return .failure(damage(StudyText.reason(error))) }
  }

  /// One transaction, on the disk when this returns.
  func write<Value>(_ changes: (Database) throws -> Value) throws(StudyError) -> Value {
    do { return try queue.write(changes) } catch { throw StudyError(error, path: path) }
  }

  /// Moves everything into the one file; not while another process reads, and then the next process does.
  func leaveWriteAheadLog() {
    try? queue.use { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
  }

  private static func checkedQueue(_ path: String, _ access: Access) throws -> DatabaseQueue {
    func open() throws -> DatabaseQueue {
      let queue = try queue(path, access)
      try check(queue, path: path)
      return queue
    }
    do {
      return try open()
    } catch let error as DatabaseError where access == .reading && error.isOfAKilledWriter {
      // Only who may write can undo what a killed process had half done; nothing recorded is touched by it.
      try DatabaseQueue(path: path).read { _ = try $0.value(Int32.self, sql: "PRAGMA application_id") }
      return try open()
    }
  }

  private static func queue(_ path: String, _ access: Access) throws -> DatabaseQueue {
    try DatabaseQueue(path: path, isReadOnly: access == .reading, functions: [RowChecksum.function]) {
      database in
      // What a damaged file says of its own schema must not run.
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      guard access == .writing else { return }
      try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }
  }

  private static func check(_ queue: DatabaseQueue, path: String) throws {
    // A query of a view that the file brings along could run without end.
    let code = try queue.read { database in
      try database.values(
        String.self,
        sql: """
          SELECT name FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'
          UNION
          SELECT part.name || '.' || field.name
          FROM sqlite_schema part, pragma_table_xinfo(part.name) field WHERE field.hidden > 0
          """)
    }
    guard code.isEmpty else {
      throw StudyError.damaged(
        path: path, reason: "it has \(code.joined(separator: ", ")), which is not a table of a study")
    }
    let (id, isNewer, isOlder) = try queue.read { database in
      (
        try database.value(Int32.self, sql: "PRAGMA application_id"),
        try StudySchema.migrations.isSuperseded(database),
        try !StudySchema.migrations.isComplete(database)
      )
    }
    guard id == StudySchema.applicationID else { throw StudyError.notAStudy(path: path) }
    if isNewer { throw StudyError.newer(path: path) }
    if isOlder, queue.isReadOnly {
      // Reading needs the newest schema too; bringing it there changes no recorded number.
      try StudySchema.migrations.run(on: self.queue(path, .writing))
    }
  }

  /// Makes the name of a new file survive a power failure.
  private static func synchronizeFolder(of path: String) {
    let folder = Glibc.open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}

extension DatabaseError {
  /// Whether a journal lies beside the file that a reader may not roll back or recover.
  fileprivate var isOfAKilledWriter: Bool {
    [Self.readOnlyRollback, Self.readOnlyRecovery].contains(code)
  }
}
