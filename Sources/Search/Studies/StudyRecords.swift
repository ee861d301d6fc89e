public import Core
import Foundation
public import PrecisionSearch
import SQLite

/// Everything in a study file, to be read; a study that is being written can be read at the same time.
public struct StudyRecords {
  public var path: String { file.path }
  let file: StudyFile

  /// Opens for reading.
  public init(_ path: String) throws(StudyError) { file = try StudyFile(path, .reading) }

  init(_ file: StudyFile) { self.file = file }

  /// How the study was started.
  func start() throws(StudyError) -> StudyOrigin {
    guard let start = try file.rows(of: .study, "", [], StudyOrigin.init).first else {
      throw .damagedRows(path: path, [DamagedRow(.study, 1, "it is missing")])
    }
    return start
  }

  /// The command line that started the study, without the program's name, in today's names of options.
  public func arguments() throws(StudyError) -> [String] { try start().arguments }

  /// Where relative paths among the arguments start.
  public func directory() throws(StudyError) -> String { try start().directory }

  /// ISO 8601, UTC.
  public func createdAt() throws(StudyError) -> String { try start().createdAt }

  /// How the search ended; nil while it has not.
  public func ending() throws(StudyError) -> SearchResult.Ending? { try start().ending }

  public func facts() throws(StudyError) -> StudyFacts {
    let facts = try file.rows(of: .fact, "ORDER BY position", [], StudyFacts.Fact.init)
    guard let whole = StudyFacts(distinct: facts) else {
      throw .damagedRows(path: path, [DamagedRow(.fact, "any", "two facts have one part and name")])
    }
    return whole
  }

  public func sessions() throws(StudyError) -> [StudySession] {
    try file.rows(of: .session, "ORDER BY number", [], StudySession.init)
  }

  /// In the order in which they were asked for.
  public func evaluations() throws(StudyError) -> [RecordedEvaluation] {
    let evaluations = try file.rows(of: .evaluation, "ORDER BY number", [], RecordedEvaluation.init)
    let correct = try read(.correctSamples, as: RecordedCorrectSamples.self)
    let estimates = try read(.estimates, as: RecordedEstimates.self)
    do {
      return try evaluations.map { evaluation in
        let whole = try correct?.adding(to: evaluation) ?? evaluation
        return estimates?.adding(to: whole) ?? whole
      }
    } catch {
      throw damaged(.correctSamples, error)
    }
  }

  /// Evaluators by session and number, as far as they said where they run.
  public func workers() throws(StudyError) -> [RecordedWorker] {
    try read(.workers, as: RecordedWorkers.self)?.all ?? []
  }

  /// Nil where the study has no such document.
  private func read<Content: Decodable>(
    _ name: StudyDocument, as type: Content.Type
  ) throws(StudyError) -> Content? {
    guard let text = try document(name) else { return nil }
    do { return try StudyText.decode(type, text) } catch { throw damaged(name, error) }
  }

  private func damaged(_ name: StudyDocument, _ error: any Error) -> StudyError {
    .damagedRows(path: path, [DamagedRow(.document, name.rawValue, StudyText.reason(error))])
  }

  /// Numbers may have gaps while several evaluators work on a study.
  public func evaluationCount() throws(StudyError) -> Int {
    try file.read { try $0.value(Int.self, sql: "SELECT count(*) FROM evaluation") ?? 0 }
  }

  /// Policies that could not be measured, however often they were asked about.
  public func failedPolicyCount() throws(StudyError) -> Int {
    try file.read {
      try $0.value(Int.self, sql: "SELECT count(DISTINCT policy) FROM evaluation WHERE failure IS NOT NULL")
        ?? 0
    }
  }

  func lastEvaluationNumber() throws(StudyError) -> Int { try lastEvaluation()?.number ?? 0 }

  private func lastEvaluation() throws(StudyError) -> RecordedEvaluation? {
    try file.rows(of: .evaluation, "ORDER BY number DESC LIMIT 1", [], RecordedEvaluation.init).first
  }

  /// Those that this study asked for itself, rather than took from the one it was forked from.
  public func sessionEvaluationCount() throws(StudyError) -> Int {
    try file.read {
      try $0.value(Int.self, sql: "SELECT count(*) FROM evaluation WHERE session IS NOT NULL") ?? 0
    }
  }

  /// ISO 8601, UTC.
  public func lastEvaluationAt() throws(StudyError) -> String? { try lastEvaluation()?.endedAt }

  /// What all evaluations took together.
  public func evaluatorSeconds() throws(StudyError) -> Double {
    let sum = try file.read { try $0.value(Double.self, sql: "SELECT sum(duration_s) FROM evaluation") ?? 0 }
    guard sum.isFinite else {
      throw .damaged(path: path, reason: "its evaluations took no finite time; see `haq study show --check`")
    }
    return sum
  }

  public func episodeCount() throws(StudyError) -> Int {
    try file.read { try $0.value(Int.self, sql: "SELECT count(*) FROM episode") ?? 0 }
  }

  /// One more than the number of the last episode; costs one look-up.
  public func episodeEnd() throws(StudyError) -> Int {
    let last = try file.read { try $0.value(Int.self, sql: "SELECT max(number) FROM episode") }
    return last.map { min($0, Int.max - 1) + 1 } ?? 0
  }

  /// All from the one with the number `first` on, in order; a study in which one is missing is damaged.
  public func episodes(from first: Int = 0) throws(StudyError) -> [Episode] {
    let episodes = try file.rows(
      of: .episode, "WHERE number >= ? ORDER BY number", [first], Episode.init(row:))
    if let gap = episodes.indices.first(where: { episodes[$0].index != first + $0 }) {
      throw .damagedRows(path: path, [DamagedRow(.episode, first + gap, "it is missing")])
    }
    return episodes
  }

  /// The method's latest state; nil before the first one, and for methods that need none.
  ///
  /// It is of an episode that is recorded: a state is kept after what it follows from.
  public func checkpoint() throws(StudyError) -> Checkpoint? {
    let checkpoint = try file.rows(of: .checkpoint, "", [], Checkpoint.init(row:)).first
    let count = try episodeCount()
    if let checkpoint, !(0...count).contains(checkpoint.episodes) {
      let reason = "it is of \(checkpoint.episodes) policies, and \(count) are recorded"
      throw .damagedRows(path: path, [DamagedRow(.checkpoint, 1, reason)])
    }
    return checkpoint
  }

  /// The best policy found so far.
  public func best() throws(StudyError) -> Episode? {
    try file.rows(
      of: .episode, "WHERE is_best = 1 ORDER BY number DESC LIMIT 1", [], Episode.init(row:)
    ).first
  }

  public func document(_ document: StudyDocument) throws(StudyError) -> String? {
    try file.rows(of: .document, "WHERE name = ?", [document.rawValue]) { row in
      try row.value(1, as: String.self)
    }.first
  }

  /// The same as what `read` makes of it; what it throws becomes a damaged row.
  public func document<Content>(
    _ document: StudyDocument, reading read: (String) throws -> Content
  ) throws(StudyError) -> Content? {
    guard let text = try self.document(document) else { return nil }
    do {
      return try read(text)
    } catch {
      throw .damagedRows(
        path: path, [DamagedRow(.document, document.rawValue, StudyText.reason(error))])
    }
  }

  /// The costs that the search used, one table for each target; nil in studies of early programs, which did not keep
  /// them.
  public func costTables() throws(StudyError) -> [CostTable]? {
    try document(.costTables, reading: StudyText.costTables)
  }

  /// What the search looks for.
  public func problem() throws(StudyError) -> StudyProblem {
    guard let text = try document(.problem) else { return StudyProblem(earlier: try facts()) }
    do {
      return try StudyText.decode(StudyProblem.self, text)
    } catch {
      throw .damagedRows(
        path: path, [DamagedRow(.document, StudyDocument.problem.rawValue, StudyText.reason(error))])
    }
  }
}
