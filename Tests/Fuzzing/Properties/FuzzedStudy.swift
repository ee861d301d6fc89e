import Core
import Diagnostics
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import SQLite
import Studies
import StudyBuilding

/// What must hold when a study file was changed in any way.
///
/// `@unchecked Sendable`: nothing changes after it is made, and one input is tried at a time.
package final class FuzzedStudy: @unchecked Sendable {
  private let folder: URL
  private var path: String { folder.appending(path: "study.haq").path }
  /// A study with something in every table, each row with its checksum.
  private let whole: Data
  /// The same without checksums, and with tables that take values of any type, so that changes get further.
  private let unguarded: Data
  private let content: Content

  /// What a change of bytes must not replace by something else that passes the check.
  private struct Content: Equatable {
    var facts: StudyFacts
    var evaluations: [RecordedEvaluation]
    var episodes: [Episode]

    init(_ records: StudyRecords) throws {
      (facts, evaluations) = (try records.facts(), try records.evaluations())
      episodes = try records.episodes()
    }
  }

  package init() throws {
    folder = Self.place.appending(path: "haq-fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let file = folder.appending(path: "study.haq")
    try Self.build(in: folder.path, file.path)
    whole = try Data(contentsOf: file)
    content = try Content(try StudyRecords(file.path))
    let queue = try DatabaseQueue(path: file.path)
    try queue.use { database in
      for table in Self.tables { try database.execute(sql: "UPDATE \(table) SET checksum = NULL") }
      try database.execute(
        sql: """
          PRAGMA writable_schema = ON;
          UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT', ''), 'CHECK (id = 1)', '');
          """)
    }
    queue.close()
    unguarded = try Data(contentsOf: file)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Of files in memory where the system has such: a study waits for the disk after every row, which takes longer than all
  /// that is looked for.
  private static var place: URL {
    let memory = "/dev/shm"
    return FileManager.default.isWritableFile(atPath: memory)
      ? URL(filePath: memory) : FileManager.default.temporaryDirectory
  }

  private static let tables = ["study", "fact", "session", "evaluation", "episode", "document", "checkpoint"]

  private static func build(in folder: String, _ path: String) throws {
    do {
      let study = try GrowingStudy(
        in: folder, facts: [.init(.search, "method", "random")],
        documents: [.policy: "{}", .sensitivity: "{\"layers\":[null,null],\"measure\":\"loss\"}"])
      try study.measureFloat(accuracy: 0.9, samples: 100)
      try study.measure(weight: 4, activation: 4, accuracy: 0.8)
      try study.measure(weight: 8, activation: 2, accuracy: 0.7, isBest: false)
      try study.measure(weight: 2, activation: 2, result: .failed("exit status 9"))
      var stopped = EvaluationResult.Figures(accuracy: 0.5, loss: 2, samples: 10, divergence: 0.25)
      (stopped.top5Accuracy, stopped.latency) = (0.75, 0.01)
      try study.measure(weight: 2, activation: 4, result: .stopped(stopped))
    }
    do {
      let study = try Study(at: path, programSHA256: "0")
      var checkpoint: Checkpoint?
      _ = try search().run(
        evaluator(),
        onCheckpoint: {
          checkpoint = $0
          return .stop
        })
      checkpoint?.episodes = 4
      if let checkpoint { try study.record(checkpoint) }
    }
    // Every machine and process lays out the same bytes.
    try DatabaseQueue(path: path).use {
      try $0.execute(sql: "UPDATE session SET host = 'machine', process = 1, checksum = NULL; VACUUM")
    }
  }

  private struct Formula: AccuracyEvaluator {
    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      let bits = request.policy?.precisions.reduce(0) { $0 + $1.weight.bits } ?? 20
      return EvaluationResult(accuracy: Double(bits) / 100, loss: 1, samples: request.samples ?? 100)
    }
  }

  private static func evaluator() -> any AccuracyEvaluator { Formula() }

  private static func search() throws -> Search {
    let space = try SearchSpace(try GrowingStudy.table(), pinning: .none)
    let problem = SearchProblem(
      space, budgets: try BudgetSet([BudgetRequest(.latency, .relative(1))], in: space))
    return Search(
      problem, method: RandomSearch(), options: SearchOptions(evaluations: 12, seed: 1, samples: 100))
  }

  /// Changes the study as `bytes` say, and reads it in every way; returns what is wrong, nil when nothing is.
  ///
  /// Every way ends with a result or with an error that names the file. What `verify` finds whole can be read by all, and
  /// after a change of bytes it says what it said before.
  package func problem(with bytes: [UInt8]) -> String? {
    do {
      let edits = StudyEdit.all(of: bytes)
      for suffix in ["-wal", "-shm", "-journal"] {
        try? FileManager.default.removeItem(atPath: path + suffix)
      }
      let changesValues = try write(edits)
      var verdict: String?
      let damage = attempt(&verdict) { _ = try StudyRecords(path).verifyWithDocuments() }
      let refusal = read(&verdict)
      if let verdict { return verdict }
      guard damage == nil else { return nil }
      if let refusal { return "a study that is whole, and that cannot be read: \(refusal)" }
      if !changesValues, try Content(try StudyRecords(path)) != content {
        return "other values, and yet whole"
      }
      return nil
    } catch {
      return "the change itself failed: \(error)"
    }
  }

  /// Whether values were changed rather than bytes.
  private func write(_ edits: [StudyEdit]) throws -> Bool {
    var file = whole
    for case .overwrite(let place, let bytes) in edits {
      for (index, byte) in bytes.enumerated() { file[(place + index) % file.count] = byte }
    }
    for case .truncate(let place) in edits { file = Data(file.prefix(place % whole.count)) }
    let changesValues = edits.contains { edit in
      switch edit {
      case .overwrite, .truncate: false
      case .value, .number, .delete: true
      }
    }
    try (changesValues ? unguarded : file).write(to: URL(filePath: path))
    guard changesValues else { return false }
    let queue = try DatabaseQueue(path: path)
    for edit in edits { try? queue.write { try Self.apply(edit, to: $0) } }
    queue.close()
    return true
  }

  private static func apply(_ edit: StudyEdit, to database: Database) throws {
    func place(_ table: Int, _ row: Int) throws -> (table: String, rowid: Int)? {
      let table = tables[table % tables.count]
      let rows = try database.values(Int.self, sql: "SELECT rowid FROM \(table)")
      return rows.isEmpty ? nil : (table, rows[row % rows.count])
    }
    func column(_ table: String, _ column: Int) throws -> String {
      let columns = try database.values(
        String.self, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
      return columns[column % columns.count]
    }
    switch edit {
    case .overwrite, .truncate: break
    case .delete(let table, let row):
      guard let place = try place(table, row) else { return }
      try database.execute(sql: "DELETE FROM \(place.table) WHERE rowid = \(place.rowid)")
    case .value(let table, let row, let position, let value):
      guard let place = try place(table, row) else { return }
      try database.execute(
        sql: "UPDATE \(place.table) SET \(column(place.table, position)) = ? WHERE rowid = \(place.rowid)",
        arguments: [value])
    case .number(let table, let row, let position, let which, let number):
      guard let place = try place(table, row) else { return }
      let name = try column(place.table, position)
      let text = try database.value(
        String.self, sql: "SELECT \(name) FROM \(place.table) WHERE rowid = \(place.rowid)")
      guard let text else { return }
      let matches = text.ranges(of: /-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/)
      guard !matches.isEmpty else { return }
      let changed = text.replacingCharacters(in: matches[which % matches.count], with: number)
      try database.execute(
        sql: "UPDATE \(place.table) SET \(name) = ? WHERE rowid = \(place.rowid)", arguments: [changed])
    }
  }

  /// What the first reader that did not come to its end said of the file.
  private func read(_ verdict: inout String?) -> StudyError? {
    let path = path
    let refusals = ways.compactMap { way in attempt(&verdict) { try way(path) } }
    // Resuming may find that the search differs from the recorded one, which is no fault of the file.
    _ = attempt(&verdict) { try Self.resume(path) }
    return refusals.first
  }

  private let ways: [(String) throws -> Void] = [
    { _ = StudyListDocument([try StudySummary($0)]).text },
    { _ = try StudyDescriptionDocument($0).text },
    { path in
      let summary = try StudySummary(path)
      _ = StudyComparisonDocument([summary, summary]).text
    },
    { _ = try StudyReport($0).page() },
    { _ = try StudyDashboard($0).fragments() },
    { path in
      let records = try StudyRecords(path)
      _ = EvaluationTable(try records.evaluations()).csv
      _ = SearchCurves(try records.episodes()).csv
      _ = try records.episodes().map { try EpisodeDocument($0).line }
      for document in StudyDocument.allCases { _ = try records.document(document) }
    },
  ]

  private static func resume(_ path: String) throws {
    let study = try Study(at: path, programSHA256: "0")
    let evaluator = try RecordedEvaluator(study, asking: Self.evaluator()) { _ in [:] }
    let (episodes, checkpoint) = (try study.records.episodes(), try study.records.checkpoint())
    do {
      let resumption = try checkpoint.map { try Resumption(episodes: episodes, checkpoint: $0) }
      _ = try search().run(evaluator, resuming: resumption)
    } catch {
      // Whatever a search ends with; it must end.
    }
  }

  private func attempt(_ verdict: inout String?, _ read: () throws -> Void) -> StudyError? {
    do {
      try read()
    } catch let error as StudyError {
      if !error.description.hasPrefix(path) { verdict = "an error that does not name the file: \(error)" }
      return error
    } catch is Diagnostic, is Diagnostics {
      // Said of a study that is not far enough for a report, or that an early program began without cost tables; both may
      // be whole.
    } catch {
      verdict = "an error of another kind: \(error)"
    }
    return nil
  }
}
