import Evaluation
import Foundation
import GRDB

/// How fast the answers of a study come, from whom, and how long its search will still take.
public struct StudyPace: Hashable, Sendable {
  /// One of the evaluators that answer.
  public struct Worker: Hashable, Sendable {
    /// From 1.
    public var number: Int
    public var answers: Int
    public var meanSeconds: Double
    public var longestSeconds: Double
    /// ISO 8601, UTC.
    public var lastAnswerAt: String
  }

  /// Those that answered in the last session, by number.
  public var workers: [Worker]
  /// Of the last thirty answers; nil while there are fewer than two.
  public var answersPerMinute: Double?
  /// How much of the search is done, in 0...1; what is compared after it is not counted.
  public var share: Double
  /// Until the search has spent its evaluations; nil while that is unknown, and when it has.
  public var timeLeftSeconds: Double?

  /// How many of the last answers make a rate.
  private static let window = 30

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

  /// - Parameters:
  ///   - answers: All of the study, in their order.
  ///   - policies: How many the search has measured.
  ///   - planned: How many evaluations the search may spend, an evaluation being a policy measured on
  ///     `searchSamples` samples.
  init(_ answers: [Answer], policies: Int, planned: Int, searchSamples: Int) {
    let session = answers.compactMap(\.session).max()
    let recent = answers.filter { $0.session != nil && $0.session == session }
    workers = Dictionary(grouping: recent, by: \.worker).map(Worker.init).sorted { $0.number < $1.number }
    let last = recent.suffix(Self.window)
    answersPerMinute = Self.seconds(of: last).map { Double(last.count - 1) / $0 * 60 }
    // What a sensitivity measurement on few samples counts, see `--sensitivity-samples`.
    func spent(_ some: some Sequence<Answer>) -> Double {
      some.filter(\.isOfTheSearch).reduce(0) { $0 + Double($1.samples) / Double(searchSamples) }
    }
    let all = max(spent(answers.filter { $0.session != nil }), Double(policies))
    share = min(1, all / Double(planned))
    // The time of the first answer is unknown, so its work does not count either.
    let searching = recent.filter(\.isOfTheSearch)
    if share < 1, let seconds = Self.seconds(of: searching[...]) {
      timeLeftSeconds = (Double(planned) - all) * seconds / spent(searching.dropFirst())
    }
  }

  /// From the first answer to the last; nil when the clock did not move forward.
  private static func seconds(of answers: ArraySlice<Answer>) -> Double? {
    guard let first = answers.first.flatMap({ time($0.endedAt) }),
      let last = answers.last.flatMap({ time($0.endedAt) }), last > first
    else { return nil }
    return last.timeIntervalSince(first)
  }

  private static func time(_ text: String) -> Date? {
    try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

extension StudyPace.Worker {
  fileprivate init(_ number: Int, _ answers: [StudyPace.Answer]) {
    self.number = number
    self.answers = answers.count
    meanSeconds = answers.reduce(0) { $0 + $1.durationSeconds } / Double(answers.count)
    longestSeconds = answers.map(\.durationSeconds).max() ?? 0
    lastAnswerAt = answers.last?.endedAt ?? ""
  }
}

extension StudyPace {
  /// - Parameters:
  ///   - evaluations: All of the study, in their order.
  ///   - policies: How many the search has measured.
  ///   - planned: How many evaluations the search may spend, an evaluation being a policy measured on
  ///     `searchSamples` samples.
  public init(_ evaluations: [RecordedEvaluation], policies: Int, planned: Int, searchSamples: Int) {
    self.init(
      evaluations.map {
        Answer(
          session: $0.session, worker: $0.worker, durationSeconds: $0.durationSeconds, endedAt: $0.endedAt,
          samples: $0.result.figures?.samples ?? 0,
          isOfTheSearch: $0.request.policy != nil && $0.request.split == .validation
            && $0.request.samples != nil)
      }, policies: policies, planned: planned, searchSamples: searchSamples)
  }
}

extension StudyRecords {
  /// How fast answers come, without reading policies and costs.
  public func pace(policies: Int, planned: Int, searchSamples: Int) throws(StudyError) -> StudyPace {
    let answers = try file.read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT session, worker, duration_s, ended_at, measured_samples,
            policy IS NOT NULL AND split = 'validation' AND samples IS NOT NULL
          FROM evaluation ORDER BY number
          """)
      var answers: [StudyPace.Answer] = []
      while let row = try rows.next() {
        answers.append(
          StudyPace.Answer(
            session: try row.optionalValue(0), worker: try row.value(1),
            durationSeconds: try row.value(2), endedAt: try row.value(3),
            samples: try row.value(4), isOfTheSearch: try row.value(5)))
      }
      return answers
    }
    // Figures of a damaged row must not end this process; all rows are checked where they are used for more.
    guard answers.allSatisfy({ $0.durationSeconds.isFinite }) else {
      throw .damaged(path: path, reason: "an evaluation took no finite time; see `haq study show --check`")
    }
    return StudyPace(answers, policies: policies, planned: planned, searchSamples: searchSamples)
  }
}
