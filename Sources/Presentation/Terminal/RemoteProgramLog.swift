public import CostPrograms
import Measuring
import Rendering
import Synchronization
import WorkerLaunchers

/// Shows what befalls a cost program on another machine, and ends the waiting for one on Ctrl-C.
public final class RemoteProgramLog: Sendable {
  private let lastShown = Mutex<Duration?>(nil)
  /// In a log file, a line this often is enough while nothing can begin.
  private static let interval = Duration.seconds(60)
  private static let firstWait = Duration.seconds(3)

  public init() {}

  /// Throws `MeasuringRun.Interruption` once Ctrl-C was pressed.
  public func hear(_ news: CostProgramNews) throws {
    guard !Interrupt.isRequested else { throw MeasuringRun.Interruption() }
    switch news {
    case .event(let event):
      StandardError.clear()
      lastShown.withLock { $0 = nil }
      StandardError.write(event.text(of: "the cost program") + "\n")
    case .waiting(let time): show(time)
    }
  }

  private func show(_ time: Duration) {
    let text = "the cost program waits in the queue of the cluster"
    guard !StandardError.isLive else {
      return StandardError.show(["\(text), for \(Duration.text(seconds: time / .seconds(1)))"])
    }
    let isDue = lastShown.withLock { last in
      guard time >= last.map({ $0 + Self.interval }) ?? Self.firstWait else { return false }
      last = time
      return true
    }
    if isDue { StandardError.write(text + "\n") }
  }
}
