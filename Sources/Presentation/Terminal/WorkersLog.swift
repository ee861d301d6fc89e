import Core
public import Evaluation
public import Foundation
public import WorkerLaunchers

/// What happens to workers of other machines, as it happens: on standard error, and with the time in a file.
public final class WorkersLog {
  /// Of the first evaluator's standard error.
  public let evaluatorLog: URL
  private let file: URL
  private let isShown: Bool
  private let start = ContinuousClock.now
  private var lastShownWaiting = ContinuousClock.now
  /// A line this often is enough while nothing can begin.
  private static let waitingInterval = Duration.seconds(60)
  private static let firstWait = Duration.seconds(3)

  /// - Parameters:
  ///   - folder: That of the run.
  ///   - areElsewhere: Whether the workers run on other machines; nothing is said of those on this one.
  public init(in folder: String, areElsewhere: Bool) {
    evaluatorLog = URL(filePath: "\(folder)/evaluator.log")
    file = URL(filePath: "\(folder)/workers.log")
    isShown = areElsewhere
    lastShownWaiting = .now - Self.waitingInterval + Self.firstWait
  }

  public func note(_ event: WorkerEvent) {
    guard isShown else { return }
    say(event.text)
  }

  /// Called while no worker is up.
  public func noteWaiting(_ states: [WorkerState]) {
    guard isShown, ContinuousClock.now - lastShownWaiting >= Self.waitingInterval else { return }
    lastShownWaiting = .now
    let waiting = states.count { if case .waiting = $0.stage { true } else { false } }
    let text =
      waiting == states.count
      ? "all wait in the queue of the cluster"
      : "\(waiting) of \(states.count) wait in the queue of the cluster"
    say("no worker is up yet: \(text)")
  }

  /// What each worker and each host did, one line each in the file, and all of it in one line for people.
  public func noteEnd(_ states: [WorkerState]) {
    guard isShown else { return }
    for (index, state) in states.enumerated() {
      append(
        "worker \(index + 1): host \(state.hello?.host ?? "none"), evaluations \(state.answerCount), "
          + "restarts \(state.crashCount), queue \(Self.seconds(state.queueSeconds))"
          + Self.pace(state.workByHost.values.reduce(HostWork(), +))
          + (state.hello.map { $0.devices.isEmpty ? "" : ", devices \($0.devices)" } ?? ""))
    }
    for (host, works) in Self.byHost(states) {
      let work = works.reduce(HostWork(), +)
      append(
        "host \(host): workers \(works.count), evaluations \(work.answerCount), deaths \(work.deathCount)"
          + Self.pace(work, of: works.count))
    }
    let hosts = Set(states.compactMap(\.hello?.host)).count
    say(
      "\(Quantity.counted(states.count, "worker")) on \(Quantity.counted(hosts, "host")): "
        + "\(Quantity.counted(states.map(\.answerCount).reduce(0, +), "evaluation")), "
        + "\(Quantity.counted(states.map(\.crashCount).reduce(0, +), "restart")), "
        + "\(Self.seconds(states.map(\.queueSeconds).reduce(0, +))) in the queue; \(file.lastPathComponent) has each"
    )
  }

  /// What each worker did on each host, by the hosts' names.
  private static func byHost(_ states: [WorkerState]) -> [(host: String, works: [HostWork])] {
    let all = states.flatMap { $0.workByHost.map { ($0.key, $0.value) } }
    return Dictionary(grouping: all, by: \.0).map { ($0.key, $0.value.map(\.1)) }.sorted { $0.0 < $1.0 }
  }

  /// The share of the time up that was work, and the answers a minute of all that worked side by side.
  private static func pace(_ work: HostWork, of workers: Int = 1) -> String {
    guard let share = work.busyShare, let rate = work.answersPerMinute else { return "" }
    let all = rate * Double(workers)
    return ", busy \(Int((share * 100).rounded())) %, \((all * 10).rounded() / 10) a minute"
  }

  private static func seconds(_ value: Double) -> String { "\((value * 10).rounded() / 10) s" }

  private func say(_ text: String) {
    StandardError.write(text + "\n")
    append(text)
  }

  /// A log that cannot be written is no reason to end a search.
  private func append(_ text: String) {
    let line = Data("\(Date().formatted(.iso8601)) \(text.replacing("\n", with: " "))\n".utf8)
    if let handle = try? FileHandle(forWritingTo: file) {
      defer { try? handle.close() }
      _ = try? handle.seekToEnd()
      try? handle.write(contentsOf: line)
    } else {
      try? line.write(to: file)
    }
  }
}
