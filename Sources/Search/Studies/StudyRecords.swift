import Foundation
import GRDB
public import PrecisionSearch

/// Everything in a study file, to be read; a study that is being written can be read at the same time.
public struct StudyRecords {
  public var path: String { file.path }
  let file: StudyFile

  /// Opens for reading.
  public init(_ path: String) throws(StudyError) { file = try StudyFile(path, .reading) }

  init(_ file: StudyFile) { self.file = file }

  /// The command line that started the study, without the program's name, in today's names of options.
  public func arguments() throws(StudyError) -> [String] {
    try file.read {
      EarlierOptions.renamed(
        try StudyText.decode([String].self, try String.fetchOne($0, sql: "SELECT arguments FROM study")!))
    }
  }

  /// Where relative paths among the arguments start.
  public func directory() throws(StudyError) -> String {
    try file.read { try String.fetchOne($0, sql: "SELECT directory FROM study")! }
  }

  /// ISO 8601, UTC.
  public func createdAt() throws(StudyError) -> String {
    try file.read { try String.fetchOne($0, sql: "SELECT created_at FROM study")! }
  }

  /// How the search ended; nil while it has not.
  public func ending() throws(StudyError) -> SearchResult.Ending? {
    try file.read {
      try String.fetchOne($0, sql: "SELECT ending FROM study").flatMap(SearchResult.Ending.init)
    }
  }

  public func facts() throws(StudyError) -> StudyFacts {
    try file.read { database in
      StudyFacts(
        try Row.fetchAll(database, sql: "SELECT part, name, value FROM fact ORDER BY position").compactMap {
          row in
          StudyFacts.Part(rawValue: row[0]).map {
            StudyFacts.Fact($0, EarlierOptions.renamed(fact: row[1]), row[2])
          }
        })
    }
  }

  public func sessions() throws(StudyError) -> [StudySession] {
    try file.read { database in
      try Row.fetchAll(database, sql: "SELECT \(StudySession.columns) FROM session ORDER BY number")
        .map(StudySession.init)
    }
  }

  /// In the order in which they were asked for.
  public func evaluations() throws(StudyError) -> [RecordedEvaluation] {
    try file.read { database in
      let rows = try Row.fetchCursor(
        database, sql: "SELECT \(RecordedEvaluation.columns) FROM evaluation ORDER BY number")
      let correct = try RecordedCorrectSamples(database)
      var evaluations: [RecordedEvaluation] = []
      while let row = try rows.next() { evaluations.append(try correct.adding(to: RecordedEvaluation(row))) }
      return evaluations
    }
  }

  /// Numbers may have gaps while several evaluators work on a study.
  public func evaluationCount() throws(StudyError) -> Int {
    try file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM evaluation") ?? 0 }
  }

  /// Policies that could not be measured, however often they were asked about.
  public func failedPolicyCount() throws(StudyError) -> Int {
    try file.read {
      try Int.fetchOne($0, sql: "SELECT count(DISTINCT policy) FROM evaluation WHERE failure IS NOT NULL")
        ?? 0
    }
  }

  func lastEvaluationNumber() throws(StudyError) -> Int {
    try file.read { try Int.fetchOne($0, sql: "SELECT max(number) FROM evaluation") ?? 0 }
  }

  /// Those that this study asked for itself, rather than took from the one it was forked from.
  public func sessionEvaluationCount() throws(StudyError) -> Int {
    try file.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM evaluation WHERE session IS NOT NULL") ?? 0
    }
  }

  /// ISO 8601, UTC.
  public func lastEvaluationAt() throws(StudyError) -> String? {
    try file.read {
      try String.fetchOne($0, sql: "SELECT ended_at FROM evaluation ORDER BY number DESC LIMIT 1")
    }
  }

  /// What all evaluations took together.
  public func evaluatorSeconds() throws(StudyError) -> Double {
    try file.read { try Double.fetchOne($0, sql: "SELECT sum(duration_s) FROM evaluation") ?? 0 }
  }

  public func episodeCount() throws(StudyError) -> Int {
    try file.read { (try Int.fetchOne($0, sql: "SELECT max(number) FROM episode") ?? -1) + 1 }
  }

  public func episodes() throws(StudyError) -> [Episode] {
    try file.read { database in
      try String.fetchAll(database, sql: "SELECT line FROM episode ORDER BY number").map {
        try StudyText.decode(Episode.self, $0)
      }
    }
  }

  /// The method's latest state; nil before the first one, and for methods that need none.
  public func checkpoint() throws(StudyError) -> Checkpoint? {
    try file.read { database in
      try Row.fetchOne(database, sql: "SELECT episodes, format, state FROM checkpoint").map {
        Checkpoint(episodes: $0[0], format: $0[1], state: $0[2])
      }
    }
  }

  /// The best policy found so far.
  public func best() throws(StudyError) -> Episode? {
    try file.read { database in
      let line = try String.fetchOne(
        database, sql: "SELECT line FROM episode WHERE is_best = 1 ORDER BY number DESC LIMIT 1")
      return try line.map { try StudyText.decode(Episode.self, $0) }
    }
  }

  public func document(_ document: StudyDocument) throws(StudyError) -> String? {
    try file.read {
      try String.fetchOne($0, sql: "SELECT text FROM document WHERE name = ?", arguments: [document.rawValue])
    }
  }

  /// What the search looks for.
  public func problem() throws(StudyError) -> StudyProblem {
    guard let text = try document(.problem) else { return StudyProblem(earlier: try facts()) }
    do {
      return try StudyText.decode(StudyProblem.self, text)
    } catch {
      throw .damaged(path: path, reason: "its problem cannot be read: \(error)")
    }
  }

  /// Whether SQLite finds the file whole; reads all of it.
  public func verify() throws(StudyError) {
    let (path, answer) = (
      path, try file.read { try String.fetchAll($0, sql: "PRAGMA integrity_check").joined(separator: "; ") }
    )
    guard answer == "ok" else { throw .damaged(path: path, reason: answer) }
  }
}
