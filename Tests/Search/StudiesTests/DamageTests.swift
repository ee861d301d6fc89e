import Core
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SQLite
import Studies
import Testing

/// Damage to a study is noticed where it is used, and named.
final class DamageTests {
  private let temporary: TemporaryFolder
  private var path: String { temporary.path("study.haq") }

  init() throws {
    temporary = try TemporaryFolder()
    let contents = NewStudy(
      arguments: ["made-up"], directory: "/",
      facts: StudyFacts([.init(.accuracy, "network", "made up"), .init(.search, "seed", "1")]),
      problem: StudyProblem(objective: .accuracy, budgets: [], evaluations: 4, searchSamples: 10))
    let study = try Study.create(at: path, contents, programSHA256: "0")
    for (index, weight) in [4, 8].enumerated() {
      let policy = Policy([.eight, Precision(weight: BitWidth(weight)!, activation: .eight)])
      let result = EvaluationResult(accuracy: Double(weight) / 16, loss: 1, samples: 10)
      try study.record(
        EvaluationRequest(policy: policy, samples: 10), Answer(result, worker: 1, durationSeconds: 0.5),
        costs: [.latency: 0.25])
      try study.record(try Self.episode(index, policy, result))
    }
    try study.record(Checkpoint(episodes: 2, format: "made-up/1", state: Data([1, 2, 3])))
    try study.record("{}", as: .policy)
  }

  private static func episode(
    _ index: Int, _ policy: Policy, _ result: EvaluationResult
  ) throws -> Episode {
    let measured = String(
      decoding: try JSONEncoder().encode(MeasuredPolicy(policy: policy, cost: 0.25, result: result)),
      as: UTF8.self)
    let text = """
      {"index":\(index),"origin":{"random":{}},"reward":0,"isRepeated":false,"isBest":true,"measured":\(measured)}
      """
    return try JSONDecoder().decode(Episode.self, from: Data(text.utf8))
  }

  /// Changes the file as no program of ours does, without regard to what rows refer to.
  private func change(_ statements: String...) throws {
    try DatabaseQueue(path: path).use { database in
      try database.execute(sql: "PRAGMA foreign_keys = OFF")
      for statement in statements { try database.execute(sql: statement) }
    }
  }

  /// The sentence of the `StudyError` that reading ends with; nil where it ends well.
  private func complaint(_ read: (StudyRecords) throws -> Void) throws -> String? {
    do {
      try read(try StudyRecords(path))
      return nil
    } catch let error as StudyError {
      return error.description
    }
  }

  @Test("a study as it was written is whole, with a checksum for each of its rows")
  func whole() throws {
    // study, 2 facts, session, 2 evaluations, 2 episodes, checkpoint, and the documents problem and policy.
    #expect(
      try StudyRecords(path).verify() == StudyVerification(rowCount: 11, rowCountWithoutChecksum: 0))
  }

  @Test(
    "a changed value is found in every table, by the check and by every reader",
    arguments: [
      ("UPDATE study SET created_at = '2001-01-01T00:00:00.000Z'", "table study, row 1"),
      ("UPDATE fact SET value = 'other' WHERE name = 'network'", "table fact, row 0"),
      ("UPDATE session SET process = process + 1", "table session, row 1"),
      ("UPDATE evaluation SET accuracy = 0.5001 WHERE number = 2", "table evaluation, row 2"),
      ("UPDATE evaluation SET measured_samples = 11 WHERE number = 1", "table evaluation, row 1"),
      ("UPDATE episode SET line = replace(line, '0.25', '0.26') WHERE number = 0", "table episode, row 0"),
      ("UPDATE document SET text = '{ }' WHERE name = 'policy'", "table document, row \"policy\""),
      ("UPDATE checkpoint SET state = x'010203FF'", "table checkpoint, row 1"),
    ])
  func changed(statement: String, place: String) throws {
    try change(statement)
    let problem = "\(place): its checksum is not that of its contents"
    let checked = try complaint { _ = try $0.verify() }
    #expect(checked?.contains(problem) == true, "\(checked ?? "")")
    let used = try complaint { records in
      _ = (try records.createdAt(), try records.facts(), try records.sessions(), try records.checkpoint())
      _ = (try records.evaluations(), try records.episodes(), try records.document(.policy))
    }
    #expect(used?.contains(problem) == true, "\(used ?? "")")
  }

  @Test(
    "what contradicts the rest is found where there are no checksums",
    arguments: [
      ("DELETE FROM study", "table study, row 1: it is missing"),
      ("UPDATE study SET arguments = '[1]'", "table study, row 1: "),
      ("UPDATE study SET ending = 'somehow'", "ending is \"somehow\"; it must be completed, stopped"),
      ("UPDATE fact SET part = 'nothing'", "part is \"nothing\"; it must be accuracy, cost"),
      ("UPDATE session SET number = 3", "table evaluation, row 1: it is of session 1, which there is not"),
      (
        "UPDATE document SET name = 'other' WHERE name = 'policy'",
        "row \"other\": haq keeps no document of this name"
      ),
      ("DELETE FROM evaluation WHERE number = 1", "table episode, row 0: no evaluation of its policy"),
      (
        "UPDATE evaluation SET accuracy = 0.75 WHERE number = 2",
        "table episode, row 1: no evaluation of its policy"
      ),
      (
        "UPDATE evaluation SET accuracy = 1.5 WHERE number = 2",
        "table evaluation, row 2: accuracy is 1.5; it must be 0 to 1"
      ),
      ("UPDATE evaluation SET loss = -1 WHERE number = 2", "loss is -1.0; it must be a finite number"),
      ("UPDATE evaluation SET loss = 9e999 WHERE number = 2", "loss is inf; it must be a finite number"),
      ("UPDATE evaluation SET measured_samples = 0", "samples is 0; it must be 1 to"),
      ("UPDATE evaluation SET duration_s = 9e999 WHERE number = 1", "duration_s is inf"),
      (
        "UPDATE evaluation SET policy = 'W8A8' WHERE number = 1",
        "table evaluation, row 2: its policy has 2 layers, and the network has 1"
      ),
      ("UPDATE evaluation SET policy = 'W8A99' WHERE number = 1", "\"W8A99\" is no policy"),
      ("UPDATE evaluation SET split = 'training'", "\"training\" is no split"),
      (
        "UPDATE evaluation SET bar = '{\"accuracy\":7,\"errorRate\":0}'",
        "the accuracy of a bar is 7.0; it must be 0 to 1"
      ),
      ("UPDATE evaluation SET costs = 'free'", "table evaluation, row 1: "),
      (
        "UPDATE evaluation SET number = -9223372036854775808 WHERE number = 1",
        "evaluations are counted from 1"
      ),
      ("DELETE FROM episode WHERE number = 0", "table episode, row 0: it is missing"),
      (
        "UPDATE episode SET number = 9223372036854775807 WHERE number = 1",
        "index is 1; it must be 9223372036854775807"
      ),
      ("UPDATE episode SET line = '{}'", "table episode, row 0: it has no "),
      (
        "UPDATE checkpoint SET episodes = 1000",
        "table checkpoint, row 1: it is of 1000 policies, and 2 are recorded"
      ),
      ("UPDATE checkpoint SET episodes = -1", "table checkpoint, row 1: it is of -1 policies"),
      ("UPDATE document SET text = 'x' WHERE name = 'policy'", "table document, row \"policy\": "),
      ("UPDATE document SET text = '[]' WHERE name = 'problem'", "table document, row \"problem\": "),
      (
        "INSERT INTO document (name, text) VALUES ('cost-tables', '[]')",
        "table document, row \"cost-tables\": there is no table"
      ),
    ])
  func contradictory(statement: String, problem: String) throws {
    let tables = ["study", "fact", "session", "evaluation", "episode", "document", "checkpoint"]
    for table in tables { try change("UPDATE \(table) SET checksum = NULL") }
    #expect(try StudyRecords(path).verify().rowCountWithoutChecksum == 11)
    try change("PRAGMA ignore_check_constraints = ON", statement)
    let checked = try complaint { _ = try $0.verify() }
    #expect(checked?.contains(problem) == true, "\(checked ?? "nothing")")
  }

  @Test("all damaged rows are listed")
  func several() throws {
    try change("UPDATE evaluation SET loss = 2", "UPDATE episode SET is_best = 0 WHERE number = 1")
    let checked = try complaint { _ = try $0.verify() }
    for row in ["table evaluation, row 1", "table evaluation, row 2", "table episode, row 1"] {
      #expect(checked?.contains("\n  \(row): its checksum is not that of its contents") == true)
    }
  }

  @Test("in a study that is completed, no evaluation is missing")
  func missing() throws {
    let study = try Study(at: path, programSHA256: "0")
    let question = EvaluationRequest(policy: nil, split: .test)
    let answer = Answer(EvaluationResult(accuracy: 0.5, loss: 1, samples: 10), worker: 1, durationSeconds: 1)
    try study.record(question, answer, costs: [:], number: 4)
    #expect(try StudyRecords(path).verify().rowCount == 13)
    try study.end(.completed, report: "{}")
    let checked = try complaint { _ = try $0.verify() }
    #expect(checked?.contains("table evaluation, row 3: it is missing") == true, "\(checked ?? "")")
  }

  @Test("a value of another type than its column's is damage, not a trap")
  func types() throws {
    // STRICT tables keep such values out, damaged pages do not.
    try change("PRAGMA writable_schema = ON", "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '')")
    for (column, value) in [("accuracy", "'high'"), ("worker", "'first'"), ("split", "7")] {
      try change("UPDATE evaluation SET checksum = NULL, \(column) = \(value) WHERE number = 2")
      #expect(try complaint { _ = try $0.evaluations() } != nil)
      _ = try complaint { _ = try $0.pace(policies: 2, planned: 4, searchSamples: 10) }
    }
  }

  @Test(
    "views, triggers and computed columns run nothing",
    arguments: [
      """
      DROP TABLE fact; CREATE VIEW fact AS
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
        SELECT x AS position, 'search' AS part, 'a' AS name, 'b' AS value, NULL AS checksum FROM n;
      """,
      "CREATE TRIGGER more AFTER INSERT ON fact BEGIN DELETE FROM fact; END",
      "ALTER TABLE fact ADD COLUMN x TEXT AS (hex(zeroblob(400000000)))",
      "CREATE VIRTUAL TABLE words USING fts5(text)",
    ])
  func code(_ statement: String) throws {
    try change(statement)
    #expect(try complaint { _ = try $0.facts() }?.contains("which is not a table of a study") == true)
  }
}
