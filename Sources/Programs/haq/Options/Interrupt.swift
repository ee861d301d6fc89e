import Foundation
import Synchronization

/// Ctrl-C as a question that long work asks between its steps, so that nothing found is lost.
enum Interrupt {
  private static let requested = Atomic<Bool>(false)

  /// Whether Ctrl-C was pressed since `watch`.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// From now on the first Ctrl-C asks; a second one ends the program at once.
  static func watch() {
    signal(SIGINT) { _ in
      Interrupt.requested.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
    // A program started from a dispatch queue inherits a mask that blocks the signal.
    var interrupt = sigset_t()
    sigemptyset(&interrupt)
    sigaddset(&interrupt, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
  }
}
