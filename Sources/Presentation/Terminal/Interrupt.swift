import Foundation
import Synchronization

/// Ctrl-C, SIGTERM and the end of the terminal as a question that long work asks between its steps, so that nothing
/// found is lost.
public enum Interrupt {
  private static let received = Atomic<Int32>(0)

  /// Whether one of the signals came since `watch`.
  public static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// The exit code of work that was ended so, as shells state it: 130 by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP.
  public static var exitCode: Int32 { 128 + (isRequested ? received.load(ordering: .relaxed) : SIGINT) }

  /// From now on the first signal asks; a second Ctrl-C or SIGTERM ends the program at once.
  public static func watch() {
    let signals = ignoresHangup ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
    for number in signals {
      signal(number) { number in
        Interrupt.received.store(number, ordering: .relaxed)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
      }
    }
    // A program started from a dispatch queue inherits a mask that blocks the signals.
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in signals { sigaddset(&mask, number) }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  /// Whether the program was started to outlive its terminal, by `nohup`; the first bit of the ignored signals is SIGHUP.
  private static var ignoresHangup: Bool {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigIgn:") }),
      let ignored = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
    else { return false }
    return ignored & 1 == 1
  }
}
