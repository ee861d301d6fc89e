/// What a worker did on one machine.
public struct HostWork: Hashable, Sendable {
  public var answerCount = 0
  /// How often it died or was lost there while it was asked.
  public var deathCount = 0
  /// While it worked on questions, answered or not.
  public var busySeconds = 0.0
  /// While it could be asked.
  public var upSeconds = 0.0

  public init() {}

  /// What several workers did there together.
  public static func + (left: HostWork, right: HostWork) -> HostWork {
    var sum = left
    sum.answerCount += right.answerCount
    sum.deathCount += right.deathCount
    sum.busySeconds += right.busySeconds
    sum.upSeconds += right.upSeconds
    return sum
  }

  /// The share of the time up that was work, 0 to 1; nil where it never was up.
  public var busyShare: Double? { upSeconds > 0 ? min(1, busySeconds / upSeconds) : nil }

  /// Nil where it never was up.
  public var answersPerMinute: Double? { upSeconds > 0 ? Double(answerCount) / upSeconds * 60 : nil }
}

/// The work of one worker by host, as it comes and goes.
package struct HostLedger {
  private var past: [String: HostWork] = [:]
  private var current: (host: String, start: ContinuousClock.Instant)?

  package init() {}

  package mutating func begin(on host: String, at now: ContinuousClock.Instant) {
    end(at: now)
    current = (host, now)
  }

  /// Adds a question, with the time that it took there.
  package mutating func add(seconds: Double, isAnswered: Bool) {
    guard let host = current?.host else { return }
    past[host, default: HostWork()].busySeconds += seconds
    if isAnswered {
      past[host, default: HostWork()].answerCount += 1
    } else {
      past[host, default: HostWork()].deathCount += 1
    }
  }

  package mutating func end(at now: ContinuousClock.Instant) {
    past = work(until: now)
    current = nil
  }

  /// By host, the time since the last beginning included.
  package func work(until now: ContinuousClock.Instant) -> [String: HostWork] {
    guard let current else { return past }
    var all = past
    all[current.host, default: HostWork()].upSeconds += (now - current.start) / .seconds(1)
    return all
  }
}
