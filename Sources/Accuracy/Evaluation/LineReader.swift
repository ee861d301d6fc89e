import Glibc

/// Lines from a file descriptor, as they come.
final class LineReader {
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
  enum Outcome {
    case line(String)
    /// The other side closed its end.
    case end
    /// Nothing came in time.
    case silence
  }

  /// The next line without its newline. A last line without a newline is incomplete and dropped.
  ///
  /// - Parameter limit: How long to wait for bytes; nil waits for ever.
  func next(within limit: Duration?) -> Outcome {
    while true {
      if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + 1)
        searched = 0
        return .line(line)
      }
      searched = pending.count
      if !hasBytes(within: limit) { return .silence }
      guard fill() else { return .end }
    }
  }

  private func hasBytes(within limit: Duration?) -> Bool {
    guard let limit else { return true }
    let deadline = ContinuousClock.now + limit
    while true {
      let (seconds, attoseconds) = max(.zero, deadline - .now).components
      let left = min(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1, Int64(Int32.max))
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, Int32(left))
      // A signal says nothing about the other side.
      if ready < 0, errno == EINTR { continue }
      if ready != 0 { return true }
      if ContinuousClock.now >= deadline { return false }
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
