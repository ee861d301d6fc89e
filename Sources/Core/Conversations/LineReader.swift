import Glibc

/// Lines from a file descriptor, as they come.
package final class LineReader {
  /// In bytes, without its newline; `docs/evaluator.md` and `docs/cost-programs.md` state it.
  package static let longestLine = 16 << 20

  private let descriptor: Int32
  /// Whatever owns the descriptor; it stays open as long as this reader lives.
  private let owner: AnyObject
  private var pending: [UInt8] = []
  private var searched = 0

  init(descriptor: Int32, keepingOpen owner: AnyObject) {
    self.descriptor = descriptor
    self.owner = owner
  }

  /// What came of waiting for a line.
  package enum Outcome {
    case line(String)
    /// The other side closed its end.
    case end
    /// No whole line came in time.
    case silence
    case tooLong
  }

  /// The next line without its newline. A last line without a newline is incomplete and dropped.
  ///
  /// - Parameter deadline: When the line must have come whole; nil waits for ever.
  func next(before deadline: ContinuousClock.Instant?) -> Outcome {
    while true {
      if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        guard end <= Self.longestLine else { return .tooLong }
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + 1)
        searched = 0
        return .line(line)
      }
      searched = pending.count
      guard searched <= Self.longestLine else { return .tooLong }
      if !Readiness.wait(for: descriptor, to: POLLIN, before: deadline) { return .silence }
      guard fill() else { return .end }
    }
  }

  private func fill() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      pending += buffer[..<count]
      return true
    }
  }
}

/// Waiting for the other side of a pipe.
enum Readiness {
  /// Whether `descriptor` can be read or written, or has ended, before the deadline; nil waits for ever.
  static func wait(
    for descriptor: Int32, to event: Int32, before deadline: ContinuousClock.Instant?
  ) -> Bool {
    while true {
      var milliseconds: Int32 = -1
      if let deadline {
        let (seconds, attoseconds) = max(.zero, deadline - .now).components
        // Less than all of a long time is waited for again.
        milliseconds = Int32(min(seconds, 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
      }
      var waiting = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let ready = poll(&waiting, 1, milliseconds)
      // A signal says nothing about the other side.
      if ready < 0, errno == EINTR { continue }
      if ready != 0 { return true }
      if let deadline, ContinuousClock.now >= deadline { return false }
    }
  }
}
