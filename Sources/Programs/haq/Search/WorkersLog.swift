import Evaluation
import Foundation

/// What happens to workers of other machines, as it happens: on standard error, and with the time in a file.
final class WorkersLog {
  /// Of the first evaluator's standard error.
  let evaluatorLog: URL
  private let file: URL
  private let isShown: Bool
  private let start = ContinuousClock.now
  private var lastShownWaiting = ContinuousClock.now
  /// A line this often is enough while nothing can begin.
  private static let waitingInterval = Duration.seconds(60)
  private static let firstWait = Duration.seconds(3)

  /// - Parameters:
  ///   - folder: That of the run.
  ///   - workers: Nothing is said of those on this machine.
  init(in folder: String, _ workers: WorkersOption) {
    evaluatorLog = URL(filePath: "\(folder)/evaluator.log")
    file = URL(filePath: "\(folder)/workers.log")
    isShown = workers.launcher != .local
    lastShownWaiting = .now - Self.waitingInterval + Self.firstWait
  }

  func note(_ event: WorkerEvent) {
    guard isShown else { return }
    say(event.text)
  }

  /// Called while no worker is up.
  func noteWaiting(_ states: [WorkerState]) {
    guard isShown, ContinuousClock.now - lastShownWaiting >= Self.waitingInterval else { return }
    lastShownWaiting = .now
    let waiting = states.count { if case .waiting = $0.stage { true } else { false } }
    let text =
      waiting == states.count
      ? "all wait in the queue of the cluster"
      : "\(waiting) of \(states.count) wait in the queue of the cluster"
    say("no worker is up yet: \(text)")
  }

  /// The evaluations, restarts and queue times of all, one line each in the file, and in one line for people.
  func noteEnd(_ states: [WorkerState]) {
    guard isShown else { return }
    for (index, state) in states.enumerated() {
      append(
        "worker \(index + 1): host \(state.hello?.host ?? "none"), evaluations \(state.answerCount), "
          + "restarts \(state.crashCount), queue \(Self.seconds(state.queueSeconds))")
    }
    let hosts = Set(states.compactMap(\.hello?.host)).count
    say(
      "\(states.count) workers on \(hosts) \(hosts == 1 ? "host" : "hosts"): "
        + "\(states.map(\.answerCount).reduce(0, +)) evaluations, \(states.map(\.crashCount).reduce(0, +)) restarts, "
        + "\(Self.seconds(states.map(\.queueSeconds).reduce(0, +))) in the queue; \(file.lastPathComponent) has each"
    )
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
