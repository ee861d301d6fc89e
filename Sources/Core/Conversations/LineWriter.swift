import Glibc

/// Lines to a pipe whose other side may not read them.
package struct LineWriter {
  private let descriptor: Int32

  /// - Parameter descriptor: The end of a pipe that is written to; nothing else may use it.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    let flags = fcntl(descriptor, F_GETFL)
    if flags >= 0 { _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
  }

  /// What came of writing a line.
  package enum Outcome {
    case written
    /// The other side closed its end.
    case end
    /// It did not read the line in time.
    case silence
  }

  /// - Parameter deadline: When the line must have been taken; nil waits for ever.
  func write(_ line: String, before deadline: ContinuousClock.Instant?) -> Outcome {
    var rest = Array(line.utf8)[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, Array(rest), rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        if !Readiness.wait(for: descriptor, to: POLLOUT, before: deadline) { return .silence }
      } else if errno != EINTR {
        return .end
      }
    }
    return .written
  }
}
