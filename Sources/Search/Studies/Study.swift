public import Core
public import Evaluation
import Foundation
public import PrecisionSearch
import SQLite

/// A study that this process works on: it alone may write, and what it records is on the disk.
public final class Study {
  public var path: String { file.path }
  /// Everything recorded so far, also while the search runs.
  public let records: StudyRecords

  // The connection must close before the lock does: see `StudyLock`.
  private let file: StudyFile
  private let lock: StudyLock
  private let session: StudySession
  private var lastEvaluation: Int
  private var episodeCount: Int
  private var earlier: [Episode]?
  /// Of this session's workers, by number, what is kept.
  private var places: [Int: WorkerPlace] = [:]

  /// Creates the file and opens it.
  ///
  /// - Parameter programSHA256: Of the running program.
  public static func create(
    at path: String, _ contents: NewStudy, programSHA256: String
  ) throws(StudyError) -> Study {
    try StudyFile.create(at: path) { database in
      try StudyTable.study.insert(
        [1, StudyText.time(Date()), contents.directory, try StudyText.encode(contents.arguments), nil],
        into: database)
      for (position, fact) in contents.facts.all.enumerated() {
        try StudyTable.fact.insert([position, fact.part.rawValue, fact.name, fact.value], into: database)
      }
      try save(try StudyText.encode(contents.problem), as: .problem, in: database)
      for (document, text) in contents.documents { try save(text, as: document, in: database) }
      // What failed there may work here.
      let answered = contents.evaluations.filter { $0.result.figures != nil }
      var correct = RecordedCorrectSamples()
      var estimates = RecordedEstimates()
      for (index, var evaluation) in answered.enumerated() {
        evaluation.number = index + 1
        evaluation.session = nil
        try evaluation.insert(into: database)
        if correct.add(evaluation.result, number: evaluation.number) {
          try save(try StudyText.encode(correct), as: .correctSamples, in: database)
        }
        if estimates.add(evaluation.result, to: evaluation.request, number: evaluation.number) {
          try save(try StudyText.encode(estimates), as: .estimates, in: database)
        }
      }
    }
    return try Study(at: path, programSHA256: programSHA256)
  }

  /// Opens a study to carry it on; throws `inUse` when another process does so.
  public init(at path: String, programSHA256: String) throws(StudyError) {
    do {
      lock = try StudyLock(path)
    } catch {
      guard case .inUse = error else { throw error }
      throw .inUse(path: path, process: try? StudyRecords(path).sessions().last?.process)
    }
    file = try StudyFile(path, .writing)
    records = StudyRecords(file)
    let last = try records.sessions().last?.number ?? 0
    session = StudySession(number: last + 1, programSHA256: programSHA256)
    lastEvaluation = try records.lastEvaluationNumber()
    episodeCount = try records.episodeCount()
    try file.write { [session] in try session.insert(into: $0) }
  }

  /// A study that no process works on is a plain file, which can be copied, and read where nothing may be written.
  deinit { file.leaveWriteAheadLog() }

  /// Keeps an answer.
  ///
  /// - Parameter number: Its place in the order of asking, which must be free; nil takes the one after the last.
  public func record(
    _ request: EvaluationRequest, _ answer: Answer, costs: [Metric: Double], number: Int? = nil
  ) throws(StudyError) {
    let number = number ?? lastEvaluation + 1
    let evaluation = RecordedEvaluation(
      number: number, request: request, result: answer.result, costs: costs, worker: answer.worker,
      durationSeconds: answer.durationSeconds, endedAt: StudyText.time(Date()), session: session.number)
    let place = answer.place.flatMap { $0 == places[answer.worker] ? nil : $0 }
    let worker = place.map { RecordedWorker($0, number: answer.worker, session: session.number) }
    try file.write { database in
      try evaluation.insert(into: database)
      try Self.save(estimatesOf: evaluation, in: database)
      if let worker {
        var workers = try RecordedWorkers(database)
        workers.note(worker)
        try Self.save(try StudyText.encode(workers), as: .workers, in: database)
      }
      guard evaluation.result.figures?.correctSamples != nil else { return }
      var correct = try RecordedCorrectSamples(database)
      _ = correct.add(evaluation.result, number: number)
      try Self.save(try StudyText.encode(correct), as: .correctSamples, in: database)
    }
    if let place { places[answer.worker] = place }
    lastEvaluation = max(lastEvaluation, number)
  }

  /// What was recorded before this process carried the study on, or is now when this is called first; read once.
  public func earlierEpisodes() throws(StudyError) -> [Episode] {
    if let earlier { return earlier }
    let episodes = try records.episodes()
    earlier = episodes
    return episodes
  }

  /// Keeps an episode; one that is recorded already must be the same.
  public func record(_ episode: Episode) throws(StudyError) {
    // A search that is carried on repeats what it knows, and needs no transaction for it.
    if let earlier, earlier.indices.contains(episode.index), earlier[episode.index] == episode { return }
    let (path, known) = (path, episodeCount)
    try file.write { database in
      let line = try StudyText.encode(episode)
      guard episode.index < known else {
        try StudyTable.episode.insert([episode.index, episode.isBest ? 1 : 0, line], into: database)
        return
      }
      let recorded = try database.value(
        String.self, sql: "SELECT line FROM episode WHERE number = ?", arguments: [episode.index])
      guard recorded == line else { throw StudyError.divergedEpisode(path: path, number: episode.index) }
    }
    episodeCount = max(episodeCount, episode.index + 1)
  }

  /// Keeps policies that were never searched for, in one transaction: studies for tests and measurements.
  package func record(
    _ policies: [(evaluation: RecordedEvaluation, episode: Episode)]
  ) throws(StudyError) {
    try file.write { database in
      for (evaluation, episode) in policies {
        var evaluation = evaluation
        evaluation.session = session.number
        try evaluation.insert(into: database)
        let line = try StudyText.encode(episode)
        try StudyTable.episode.insert([episode.index, episode.isBest ? 1 : 0, line], into: database)
      }
    }
    lastEvaluation = max(lastEvaluation, policies.map(\.evaluation.number).max() ?? 0)
    episodeCount = max(episodeCount, (policies.map(\.episode.index).max() ?? -1) + 1)
  }

  /// Saves the state of the method in place of an earlier one; its episodes must be recorded.
  public func record(_ checkpoint: Checkpoint) throws(StudyError) {
    try file.write {
      try StudyTable.checkpoint.insert(
        [1, checkpoint.episodes, checkpoint.format, checkpoint.state], into: $0, replacing: true)
    }
  }

  /// Keeps a document, in place of an earlier one.
  public func record(_ text: String, as document: StudyDocument) throws(StudyError) {
    try file.write { try Self.save(text, as: document, in: $0) }
  }

  /// Changes a document of a study without carrying the study on; throws `inUse` while a process works on it.
  ///
  /// - Parameter change: Makes the new text of the old one, which is nil where there is none.
  public static func revise(
    _ document: StudyDocument, of path: String, _ change: (String?) throws -> String
  ) throws(StudyError) {
    let lock = try StudyLock(path)
    let file = try StudyFile(path, .writing)
    defer { withExtendedLifetime(lock) { file.leaveWriteAheadLog() } }
    try file.write { try save(try change(try document.text(in: $0)), as: document, in: $0) }
  }

  /// Keeps the report and how the search ended, together.
  public func end(_ ending: SearchResult.Ending, report: String) throws(StudyError) {
    try file.write { database in
      try Self.save(report, as: .report, in: database)
      try database.execute(sql: "UPDATE study SET ending = ?", arguments: [ending.rawValue])
      try StudyTable.study.stamp(where: "id = ?", 1, in: database)
    }
  }

  /// Keeps estimates that came with an answer which is recorded already without them.
  func record(
    estimates result: EvaluationResult, of request: EvaluationRequest, number: Int
  ) throws(StudyError) {
    let evaluation = RecordedEvaluation(
      number: number, request: request, result: result, costs: [:], worker: 1, durationSeconds: 0, endedAt: ""
    )
    try file.write { try Self.save(estimatesOf: evaluation, in: $0) }
  }

  private static func save(estimatesOf evaluation: RecordedEvaluation, in database: Database) throws {
    guard evaluation.result.figures?.estimatedIncreases != nil else { return }
    var estimates = try RecordedEstimates(database)
    if estimates.add(evaluation.result, to: evaluation.request, number: evaluation.number) {
      try save(try StudyText.encode(estimates), as: .estimates, in: database)
    }
  }

  private static func save(_ text: String, as document: StudyDocument, in database: Database) throws {
    try StudyTable.document.insert([document.rawValue, text], into: database, replacing: true)
  }
}
