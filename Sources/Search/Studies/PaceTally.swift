import Foundation

/// What a `StudyPace` follows from, added up answer by answer: as much work for the last as for the first.
struct PaceTally: Sendable {
  private var lastSession: Int?
  /// Of answers to the search that were not taken over from another study; every sum of fewer than 2^53 is exact.
  private var samples = 0.0
  private var recent = Recent()

  /// The answers of the last session.
  private struct Recent {
    var workers: [Int: Worker] = [:]
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
  }

  /// How many of the last answers make a rate.
  private static let window = 30

  mutating func add(_ answer: StudyPace.Answer) {
    guard let session = answer.session else { return }
    if answer.isOfTheSearch { samples += Double(answer.samples) }
    if lastSession.map({ session > $0 }) ?? true { (lastSession, recent) = (session, Recent()) }
    guard session == lastSession else { return }
    var worker = recent.workers[answer.worker] ?? Worker()
    worker.answers += 1
    worker.seconds += answer.durationSeconds
    worker.longestSeconds = max(worker.longestSeconds, answer.durationSeconds)
    worker.lastAnswerAt = answer.endedAt
    recent.workers[answer.worker] = worker
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
    let workers = recent.workers.map { number, worker in
      StudyPace.Worker(
        number: number, answers: worker.answers, meanSeconds: worker.seconds / Double(worker.answers),
        longestSeconds: worker.longestSeconds, lastAnswerAt: worker.lastAnswerAt)
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
      workers: workers.sorted { $0.number < $1.number }, answersPerMinute: perMinute, share: share,
      timeLeftSeconds: seconds.map { (Double(planned) - spent) * $0 / evaluations })
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
