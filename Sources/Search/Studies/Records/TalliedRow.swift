import Evaluation
import SQLite

/// What a `StudyTally` needs of an evaluation: no costs, and a policy as text.
struct TalliedRow {
  var number: Int
  var answer: StudyPace.Answer
  /// Nil of the float baseline.
  var policy: String?
  var isOfValidation: Bool
  /// Asked for; nil where the whole split was.
  var samples: Int?
  var isFailure: Bool
}

extension StudyRecords {
  /// Evaluations with numbers above `last`, in their order.
  func tallied(after last: Int) throws(StudyError) -> [TalliedRow] {
    let rows = try file.read { database in
      try database.rows(
        sql: """
          SELECT number, session, worker, duration_s, ended_at, measured_samples, policy,
            split = '\(Split.validation.rawValue)', samples, failure IS NOT NULL
          FROM evaluation WHERE number > ? ORDER BY number
          """, arguments: [last], TalliedRow.init)
    }
    // Figures of a damaged row must not end this process; all rows are checked where they are used for more.
    guard rows.allSatisfy({ $0.answer.durationSeconds.isFinite }) else {
      throw .damaged(path: path, reason: "an evaluation took no finite time; see `haq study show --check`")
    }
    return rows
  }
}

extension TalliedRow {
  fileprivate init(_ row: Row) throws {
    number = try row.value(0)
    policy = try row.optionalValue(6)
    isOfValidation = try row.value(7)
    samples = try row.optionalValue(8)
    isFailure = try row.value(9)
    answer = StudyPace.Answer(
      session: try row.optionalValue(1), worker: try row.value(2), durationSeconds: try row.value(3),
      endedAt: try row.value(4), samples: try row.value(5),
      isOfTheSearch: policy != nil && isOfValidation && samples != nil)
  }
}
