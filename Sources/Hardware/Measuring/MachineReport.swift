import Core

/// What this machine did while something was measured on it.
public struct MachineReport: Hashable, Sendable, Codable {
  /// How often it was looked at.
  public var looks: Int
  /// Share of all processors' time that other programs used: the mean, and the most between two looks.
  public var foreignShare, mostForeignShare: Double
  /// Share of the time that a virtual machine's host gave to others.
  public var stolenShare: Double
  /// Runnable programs, averaged over a minute; absent where the system does not say.
  public var leastLoad, mostLoad: Double?
  /// Of the fastest processor at each look, in hertz; absent where the system does not say.
  public var leastClockHertz, mostClockHertz: Double?
  /// How often processors were slowed down because they were hot; absent where the system does not say.
  public var throttles: Int?

  private enum CodingKeys: String, CodingKey {
    case looks, throttles
    case foreignShare = "foreign_share"
    case mostForeignShare = "most_foreign_share"
    case stolenShare = "stolen_share"
    case leastLoad = "least_load"
    case mostLoad = "most_load"
    case leastClockHertz = "least_clock_hz"
    case mostClockHertz = "most_clock_hz"
  }

  package init?(_ samples: [MachineSample]) {
    guard let first = samples.first, let last = samples.last, last.total > first.total else { return nil }
    looks = samples.count
    foreignShare = last.foreignShare(since: first)
    let steps = zip(samples, samples.dropFirst()).filter { $1.total > $0.total }
    mostForeignShare = steps.map { $1.foreignShare(since: $0) }.max() ?? foreignShare
    stolenShare = max(0, last.stolen - first.stolen) / (last.total - first.total)
    let (loads, clocks) = (samples.compactMap(\.load), samples.compactMap(\.clockHertz))
    (leastLoad, mostLoad) = (loads.min(), loads.max())
    (leastClockHertz, mostClockHertz) = (clocks.min(), clocks.max())
    if let before = first.throttles, let after = last.throttles { throttles = max(0, after - before) }
  }

  /// What makes measurements on this machine doubtful, one sentence each.
  public var warnings: [String] {
    var warnings: [String] = []
    if foreignShare > Self.quiet {
      warnings.append(
        "other programs used \(Quantity.percent(foreignShare)) of this machine's processors meanwhile "
          + "(at most \(Quantity.percent(mostForeignShare)))")
    }
    if stolenShare > Self.quiet / 4 {
      warnings.append(
        "the host of this virtual machine gave \(Quantity.percent(stolenShare)) of its processors' time to others"
      )
    }
    if let least = leastClockHertz, let most = mostClockHertz, least < 0.9 * most {
      warnings.append(
        "the clock of the fastest processor was \(Quantity.plain(least))Hz to \(Quantity.plain(most))Hz")
    }
    if let throttles, throttles > 0 {
      warnings.append("processors were slowed down \(throttles) times because they were hot")
    }
    return warnings
  }

  /// The share of processors' time that other programs may use without a warning.
  private static let quiet = 0.08
}

extension MachineSample {
  /// Of the processors' time since an earlier look, what programs of others used.
  fileprivate func foreignShare(since earlier: MachineSample) -> Double {
    // A program that has ended takes its ticks along, unless its parent waited for it.
    let own = max(0, self.own - earlier.own)
    return max(0, busy - earlier.busy - own) / (total - earlier.total)
  }
}
