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
    let isRunning = Self.isRunning(path)
    let records = try StudyRecords(path)
    try self.init(
      records, isRunning: isRunning,
      counts: (
        try records.evaluationCount(), try records.episodeCount(), try records.failedPolicyCount()
      ))
  }

  /// Of a study that was read, without reading what it has many of.
  ///
  /// - Parameters:
  ///   - isRunning: Found before the records were opened, see `isRunning(_:)`.
  ///   - tally: Of all evaluations.
  public init(
    _ records: StudyRecords, isRunning: Bool, _ tally: StudyTally, episodeCount: Int
  ) throws(StudyError) {
    try self.init(
      records, isRunning: isRunning,
      counts: (tally.evaluationCount, episodeCount, tally.failedPolicyCount))
  }

  /// Whether some process works on a study; not to be called while this process has it open, see `StudyLock`.
  public static func isRunning(_ path: String) -> Bool { StudyLock.isTaken(path) }

  private init(
    _ records: StudyRecords, isRunning: Bool,
    counts: (evaluations: Int, episodes: Int, failedPolicies: Int)
  ) throws(StudyError) {
    let start = try records.start()
    path = records.path
    state = State(start, isRunning: isRunning)
    createdAt = start.createdAt
    lastEvaluationAt = try records.lastEvaluationAt()
    facts = try records.facts()
    (evaluationCount, episodeCount, failedPolicyCount) = counts
    best = try records.best()
  }
}

extension StudySummary {
  /// The state alone.
  ///
  /// - Parameter isRunning: Found before the records were opened, see `isRunning(_:)`.
  public static func state(_ records: StudyRecords, isRunning: Bool) throws(StudyError) -> State {
    State(try records.start(), isRunning: isRunning)
  }
}

extension StudySummary.State {
  fileprivate init(_ start: StudyOrigin, isRunning: Bool) {
    self =
      switch (isRunning, start.ending) {
      case (true, _): .running
      case (false, .completed): .completed
      case (false, .stopped): .stopped
      case (false, .interrupted), (false, nil): .interrupted
      }
  }
}
