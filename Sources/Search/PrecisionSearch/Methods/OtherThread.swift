import Diagnostics
import Foundation
import SystemLimits

/// Work on another thread until `wait` returns.
final class OtherThread {
  private let isDone = DispatchSemaphore(value: 0)

  /// - Parameter work: Nobody else may touch what it touches before `wait` has returned.
  init(_ work: @escaping () -> Void) {
    // Without another thread the work is done all the same, only not meanwhile.
    guard (try? ProcessLimits.requireThread()) != nil else {
      work()
      isDone.signal()
      return
    }
    let isDone = isDone
    // The caller gives the work away and waits for its end before it goes on with what it touched.
    nonisolated(unsafe) let work = work
    Thread {
      work()
      isDone.signal()
    }.start()
  }

  func wait() { isDone.wait() }
}
