import Glibc
import Synchronization
package import WorkerLaunchers

/// What other threads may know of an evaluator's program and do to it, from before it is started until its end.
///
/// An evaluator of another machine may wait in a queue for hours before it exists.
package final class EvaluatorLifeline: Sendable {
  private struct State {
    /// Of the running program; 0 between two.
    var process: Int32 = 0
    var isAbandoned = false
    var crashes = 0
    /// When the program was started that has not said hello yet.
    var launch: ContinuousClock.Instant?
    var queueSeconds = 0.0
    var hello: WorkerHello?
  }

  private let state = Mutex(State())

  package init() {}

  /// How often it died or had to be killed.
  package var crashCount: Int { state.withLock(\.crashes) }

  package var isAbandoned: Bool { state.withLock(\.isAbandoned) }

  /// Where it runs, or ran last; nil on this machine, and before it first ran.
  package var hello: WorkerHello? { state.withLock(\.hello) }

  /// In all, between a launch and the hello that came of it.
  package var queueSeconds: Double { state.withLock(\.queueSeconds) }

  /// Since when it waits to be run on another machine; nil when it does not.
  package var waitingSince: ContinuousClock.Instant? { state.withLock(\.launch) }

  /// Ends the program whatever it is doing, and every later one at once.
  package func abandon() {
    state.withLock { state in
      state.isAbandoned = true
      if state.process > 0 { kill(state.process, SIGTERM) }
      state.process = 0
    }
  }

  func noteCrash() { state.withLock { $0.crashes += 1 } }

  func noteStart(of process: Int32, isRemote: Bool) {
    state.withLock { state in
      state.process = process
      state.launch = isRemote ? .now : nil
      if state.isAbandoned { kill(process, SIGTERM) }
    }
  }

  func note(_ hello: WorkerHello) {
    state.withLock { state in
      state.queueSeconds += state.launch.map { (ContinuousClock.now - $0) / .seconds(1) } ?? 0
      (state.launch, state.hello) = (nil, hello)
    }
  }

  func noteEnd() { state.withLock { ($0.process, $0.launch) = (0, nil) } }
}
