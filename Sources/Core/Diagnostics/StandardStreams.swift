// For `stdout`, a variable that nothing changes.
@preconcurrency import Glibc
import Synchronization

/// The three open files that every program is started with, which its caller may have closed.
public enum StandardStreams {
  private static let outputWasClosed = Atomic(false)

  /// Opens `/dev/null` in place of the closed ones: otherwise the next files take their numbers, and messages or the
  /// input of an evaluator go where they do not belong. Before anything else is opened.
  ///
  /// Writing to a standard output that was closed still fails. A standard error takes everything, since programs that are
  /// started with it must be able to write.
  ///
  /// - Returns: Whether standard error was closed.
  public static func openClosed() -> Bool {
    var isErrorClosed = false
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      isErrorClosed = descriptor == STDERR_FILENO
      if descriptor == STDOUT_FILENO { outputWasClosed.store(true, ordering: .relaxed) }
      // The lowest free number is this one.
      _ = open("/dev/null", isErrorClosed ? O_WRONLY : O_RDONLY)
    }
    return isErrorClosed
  }

  /// Writes everything, as far as the other side takes it; false when it does not.
  public static func write(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, Array(rest), rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // A terminal that another program has made non-blocking.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, 1000)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  /// Writes what was printed; nil when all of it was taken, else the reason.
  public static func flushOutput() -> String? {
    errno = 0
    let isFlushed = fflush(nil) == 0
    let reason = errno
    // What does not fit the buffer is written when it is printed; the system's reason is gone by now.
    guard !isFlushed || ferror(stdout) != 0 else { return nil }
    if outputWasClosed.load(ordering: .relaxed) { return "it is closed" }
    return isFlushed ? "a part of it was lost" : SystemReason.text(of: reason)
  }
}
