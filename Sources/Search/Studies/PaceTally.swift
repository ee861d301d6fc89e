import Foundation

/// What a `StudyPace` follows from, added up answer by answer: as much work for the last as for the first.
struct PaceTally: Sendable {
  private var lastSession: Int?
  /// By session and number.
  private var workers: [Int: [Int: Worker]] = [:]
  /// Of answers to the search that were not taken over from another study; every sum of fewer than 2^53 is exact.
  private var samples = 0.0
  private var recent = Recent()

  /// The answers of the last session.
  private struct Recent {
    /// When the last thirty came.
    var ends: [String] = []
    /// When the first and the last answer to the search came.
    var search: (first: String, last: String)?
    /// Of all answers to the search but the first, whose time is unknown.
    var samplesAfterFirst = 0.0
  }

  private struct Worker {
    var answers = 0
    var seconds = 0.0
    var longestSeconds = 0.0
    var lastAnswerAt = ""
    /// Of the answer that came first.
    var first: (endedAt: String, seconds: Double)?
    var lastEnd = ""

    mutating func add(_ answer: StudyPace.Answer) {
      answers += 1
      seconds += answer.durationSeconds
      longestSeconds = max(longestSeconds, answer.durationSeconds)
      lastAnswerAt = answer.endedAt
      // Times of one form are in the order of their texts. Answers are counted in that of their questions.
      lastEnd = max(lastEnd, answer.endedAt)
      if first.map({ answer.endedAt < $0.endedAt }) ?? true {
        first = (answer.endedAt, answer.durationSeconds)
      }
    }
  }

  /// How many of the last answers make a rate.
  private static let window = 30

  mutating func add(_ answer: StudyPace.Answer) {
    guard let session = answer.session else { return }
    workers[session, default: [:]][answer.worker, default: Worker()].add(answer)
    if answer.isOfTheSearch { samples += Double(answer.samples) }
    if lastSession.map({ session > $0 }) ?? true { (lastSession, recent) = (session, Recent()) }
    guard session == lastSession else { return }
    recent.ends.append(answer.endedAt)
    if recent.ends.count > Self.window { recent.ends.removeFirst() }
    guard answer.isOfTheSearch else { return }
    if let search = recent.search {
      recent.search = (search.first, answer.endedAt)
      recent.samplesAfterFirst += Double(answer.samples)
    } else {
      recent.search = (answer.endedAt, answer.endedAt)
    }
  }

  /// - Parameters:
  ///   - policies: How many the search has measured.
  ///   - planned: How many evaluations the search may spend, an evaluation being a policy measured on
  ///     `searchSamples` samples.
  func pace(policies: Int, planned: Int, searchSamples: Int) -> StudyPace {
    let workers = workers.sorted { $0.key < $1.key }.flatMap { session, workers in
      workers.sorted { $0.key < $1.key }.map { Self.worker($0.value, number: $0.key, session: session) }
    }
    let ends = recent.ends
    let perMinute = Self.seconds(from: ends.first, to: ends.last).map { Double(ends.count - 1) / $0 * 60 }
    // What a sensitivity measurement on few samples counts, see `--sensitivity-samples`.
    let spent = max(samples / Double(searchSamples), Double(policies))
    let share = min(1, spent / Double(planned))
    // Answers that all failed are of no samples, and tell no time for any.
    let evaluations = recent.samplesAfterFirst / Double(searchSamples)
    let seconds =
      share < 1 && evaluations > 0
      ? Self.seconds(from: recent.search?.first, to: recent.search?.last) : nil
    return StudyPace(
      workers: workers.filter { $0.session == lastSession }, allWorkers: workers,
      answersPerMinute: perMinute, share: share,
      timeLeftSeconds: seconds.map { (Double(planned) - spent) * $0 / evaluations })
  }

  private static func worker(_ worker: Worker, number: Int, session: Int) -> StudyPace.Worker {
    let between = seconds(from: worker.first?.endedAt, to: worker.lastEnd) ?? 0
    let whole = between + max(0, worker.first?.seconds ?? 0)
    let perMinute = Double(worker.answers) / whole * 60
    return StudyPace.Worker(
      session: session, number: number, answers: worker.answers,
      answersPerMinute: perMinute.isFinite ? perMinute : nil,
      meanSeconds: worker.seconds / Double(worker.answers), longestSeconds: worker.longestSeconds,
      lastAnswerAt: worker.lastAnswerAt)
  }

  /// Nil when the clock did not move forward.
  private static func seconds(from first: String?, to last: String?) -> Double? {
    guard let first = first.flatMap(time), let last = last.flatMap(time), last > first else { return nil }
    return last.timeIntervalSince(first)
  }

  private static func time(_ text: String) -> Date? {
    try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
