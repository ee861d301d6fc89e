public import PrecisionSearch

/// A study in a line: what is asked, how far it is, what it found. Costs a few look-ups, however long the study is.
public struct StudySummary: Hashable, Sendable {
  public var path: String
  public var state: State
  /// ISO 8601, UTC.
  public var createdAt: String
  /// When the last answer came; ISO 8601, UTC.
  public var lastEvaluationAt: String?
  public var facts: StudyFacts
  public var evaluationCount: Int
  public var episodeCount: Int
  /// Policies that could not be measured.
  public var failedPolicyCount: Int
  public var best: Episode?

  /// The state of a study.
  public enum State: String, Hashable, Sendable, Codable {
    /// A process is working on it.
    case running
    /// Its process ended before the search did; it can be resumed.
    case interrupted
    /// Ended by the user; it can be resumed.
    case stopped
    case completed
  }

  public init(_ path: String) throws(StudyError) {
    let isRunning = StudyLock.isTaken(path)
    let records = try StudyRecords(path)
    let start = try records.start()
    self.path = path
    state =
      switch (isRunning, start.ending) {
      case (true, _): .running
      case (false, .completed): .completed
      case (false, .stopped): .stopped
      case (false, .interrupted), (false, nil): .interrupted
      }
    createdAt = start.createdAt
    lastEvaluationAt = try records.lastEvaluationAt()
    facts = try records.facts()
    evaluationCount = try records.evaluationCount()
    episodeCount = try records.episodeCount()
    failedPolicyCount = try records.failedPolicyCount()
    best = try records.best()
  }
}
