import Evaluation

/// How fast the answers of a study come, from whom, and how long its search will still take.
public struct StudyPace: Hashable, Sendable {
  /// One of the evaluators that answer.
  public struct Worker: Hashable, Sendable {
    public var session: Int
    /// In the session, from 1.
    public var number: Int
    public var answers: Int
    /// From the beginning of its first answer to the end of its last; nil when the clock did not move forward.
    public var answersPerMinute: Double?
    public var meanSeconds: Double
    public var longestSeconds: Double
    /// ISO 8601, UTC.
    public var lastAnswerAt: String
  }

  /// Those that answered in the last session, by number.
  public var workers: [Worker]
  /// Those of all sessions, by session and number.
  public var allWorkers: [Worker]
  /// Of the last thirty answers; nil while there are fewer than two.
  public var answersPerMinute: Double?
  /// How much of the search is done, in 0...1; what is compared after it is not counted.
  public var share: Double
  /// Until the search has spent its evaluations; nil while that is unknown, and when it has.
  public var timeLeftSeconds: Double?

  /// What a pace needs to know of an answer.
  struct Answer: Hashable {
    /// Nil for one that was taken over from another study.
    var session: Int?
    var worker: Int
    var durationSeconds: Double
    /// ISO 8601, UTC.
    var endedAt: String
    /// Measured.
    var samples: Int
    /// Whether the search spent it: what is compared at the end is measured on whole splits.
    var isOfTheSearch: Bool
  }
}

extension StudyPace {
  /// - Parameters:
  ///   - evaluations: All of the study, in their order.
  ///   - policies: How many the search has measured.
  ///   - planned: How many evaluations the search may spend, an evaluation being a policy measured on
  ///     `searchSamples` samples.
  public init(_ evaluations: [RecordedEvaluation], policies: Int, planned: Int, searchSamples: Int) {
    var tally = PaceTally()
    for evaluation in evaluations { tally.add(Answer(evaluation)) }
    self = tally.pace(policies: policies, planned: planned, searchSamples: searchSamples)
  }
}

extension StudyPace.Answer {
  init(_ evaluation: RecordedEvaluation) {
    let request = evaluation.request
    self.init(
      session: evaluation.session, worker: evaluation.worker, durationSeconds: evaluation.durationSeconds,
      endedAt: evaluation.endedAt, samples: evaluation.result.figures?.samples ?? 0,
      isOfTheSearch: request.policy != nil && request.split == .validation && request.samples != nil)
  }
}
