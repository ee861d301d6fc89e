import Evaluation
import Foundation

/// How fast the answers of a study come, from whom, and how long its search will still take.
public struct StudyPace: Hashable, Sendable {
  /// One of the evaluators that answer.
  public struct Worker: Hashable, Sendable {
    /// From 1.
    public var number: Int
    public var answers: Int
    public var mean_s: Double
    public var longest_s: Double
    /// ISO 8601, UTC.
    public var lastAnswerAt: String
  }

  /// Those that answered in the last session, by number.
  public var workers: [Worker]
  /// Of the last thirty answers; nil while there are fewer than two.
  public var answersPerMinute: Double?
  /// How much of the search is done, in 0...1; what is compared after it is not counted.
  public var share: Double
  /// Until the search has spent its evaluations; nil while that cannot be told, and when it has.
  public var timeLeft_s: Double?

  /// How many of the last answers make a rate.
  private static let window = 30

  /// - Parameters:
  ///   - evaluations: All of the study, in their order.
  ///   - policies: How many the search has measured.
  ///   - planned: How many evaluations the search may spend, an evaluation being a policy measured on
  ///     `searchSamples` samples.
  public init(_ evaluations: [RecordedEvaluation], policies: Int, planned: Int, searchSamples: Int) {
    let session = evaluations.compactMap(\.session).max()
    let recent = evaluations.filter { $0.session != nil && $0.session == session }
    workers = Dictionary(grouping: recent, by: \.worker).map(Worker.init).sorted { $0.number < $1.number }
    let last = recent.suffix(Self.window)
    answersPerMinute = Self.seconds(of: last).map { Double(last.count - 1) / $0 * 60 }
    // What a probe of few samples counts, see `--probe-samples`.
    func spent(_ some: some Sequence<RecordedEvaluation>) -> Double {
      some.filter(\.isOfTheSearch).reduce(0) { $0 + Double($1.result.samples) / Double(searchSamples) }
    }
    let all = max(spent(evaluations.filter { $0.session != nil }), Double(policies))
    share = min(1, all / Double(planned))
    // The time of the first answer is unknown, so its work does not count either.
    let searching = recent.filter(\.isOfTheSearch)
    if share < 1, let seconds = Self.seconds(of: searching[...]) {
      timeLeft_s = (Double(planned) - all) * seconds / spent(searching.dropFirst())
    }
  }

  /// From the first answer to the last; nil when the clock did not move forward.
  private static func seconds(of evaluations: ArraySlice<RecordedEvaluation>) -> Double? {
    guard let first = evaluations.first.flatMap({ time($0.endedAt) }),
      let last = evaluations.last.flatMap({ time($0.endedAt) }), last > first
    else { return nil }
    return last.timeIntervalSince(first)
  }

  private static func time(_ text: String) -> Date? {
    try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

extension StudyPace.Worker {
  fileprivate init(_ number: Int, _ evaluations: [RecordedEvaluation]) {
    self.number = number
    answers = evaluations.count
    mean_s = evaluations.reduce(0) { $0 + $1.duration_s } / Double(evaluations.count)
    longest_s = evaluations.map(\.duration_s).max() ?? 0
    lastAnswerAt = evaluations.last?.endedAt ?? ""
  }
}

extension RecordedEvaluation {
  /// Whether the search spent it: what is compared at the end is measured on whole splits.
  fileprivate var isOfTheSearch: Bool {
    request.policy != nil && request.split == .validation && request.samples != nil
  }
}
