import SQLite

/// A table of a study.
enum StudyTable: String, CaseIterable {
  case study
  case fact
  case session
  case evaluation
  case episode
  case document
  case checkpoint

  /// What names a row.
  var key: String {
    switch self {
    case .study, .checkpoint: "id"
    case .fact: "position"
    case .session, .evaluation, .episode: "number"
    case .document: "name"
    }
  }

  /// All but the checksum, in the order in which rows are read, written and summed.
  var columns: [String] {
    switch self {
    case .study: ["id", "created_at", "directory", "arguments", "ending"]
    case .fact: ["position", "part", "name", "value"]
    case .session: ["number", "started_at", "host", "process", "program_version", "program_sha256"]
    case .evaluation:
      [
        "number", "session", "policy", "split", "samples", "fine_tuning", "accuracy", "loss", "divergence",
        "measured_samples", "ended_at", "duration_s", "costs", "worker", "bar", "is_below_bar", "failure",
        "top5_accuracy", "latency_s",
      ]
    case .episode: ["number", "is_best", "line"]
    case .document: ["name", "text"]
    case .checkpoint: ["id", "episodes", "format", "state"]
    }
  }

  private var checksum: String { "haq_row_checksum('\(rawValue)', \(columns.joined(separator: ", ")))" }

  /// Of every row its columns, and whether it is as it was written; one written before rows had checksums counts as that.
  var selection: String {
    "SELECT \(columns.joined(separator: ", ")), ifnull(checksum = \(checksum), 1) FROM \(rawValue)"
  }

  /// Writes a row with its checksum; the values are those of `columns`.
  func insert(_ values: [(any DatabaseConvertible)?], into database: Database, replacing: Bool = false)
    throws
  {
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    try database.execute(
      sql: """
        INSERT \(replacing ? "OR REPLACE " : "")INTO \(rawValue) (\(columns.joined(separator: ", "))) VALUES (\(places))
        """, arguments: values)
    // From what is stored: SQLite turns some values into others.
    try stamp(where: "\(key) = ?", values[0], in: database)
  }

  /// Gives rows that were changed the checksum of what they are now.
  func stamp(
    where condition: String, _ value: (any DatabaseConvertible)?, in database: Database
  ) throws {
    try database.execute(
      sql: "UPDATE \(rawValue) SET checksum = \(checksum) WHERE \(condition)", arguments: [value])
  }
}

/// A row that is not what a program of ours wrote.
public struct DamagedRow: Hashable, Sendable, CustomStringConvertible {
  public var table: String
  /// Its key, or that of a row that is missing.
  public var row: String
  public var reason: String

  init(_ table: StudyTable, _ row: some CustomStringConvertible, _ reason: String) {
    self.table = table.rawValue
    self.row = row.description
    self.reason = reason
  }

  public var description: String { "table \(table), row \(row): \(reason)" }
}
