public import CostPrograms
import Measuring
import Rendering
import WorkerLaunchers

/// Shows what befalls a cost program on another machine, and ends the waiting for one on Ctrl-C.
public final class RemoteProgramLog {
  private let progress = ProgressLine()
  private var lastShown: Duration?
  /// In a log file, a line this often is enough while nothing can begin.
  private static let interval = Duration.seconds(60)
  private static let firstWait = Duration.seconds(3)

  public init() {}

  /// Throws `MeasuringRun.Interruption` once Ctrl-C was pressed.
  public func hear(_ news: CostProgramNews) throws {
    guard !Interrupt.isRequested else { throw MeasuringRun.Interruption() }
    switch news {
    case .event(let event):
      progress.clear()
      lastShown = nil
      StandardError.write(event.text + "\n")
    case .waiting(let time): show(time)
    }
  }

  private func show(_ time: Duration) {
    let text = "the cost program waits in the queue of the cluster"
    guard !StandardError.isLive else {
      return progress.show("\(text), for \(Duration.text(seconds: time / .seconds(1)))")
    }
    guard time >= lastShown.map({ $0 + Self.interval }) ?? Self.firstWait else { return }
    lastShown = time
    StandardError.write(text + "\n")
  }
}
