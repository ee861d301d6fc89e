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

  /// The next line without its newline; nil at the end. A last line without a newline is incomplete and dropped.
  func next() -> String? {
    while true {
      if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + 1)
        searched = 0
        return line
      }
      searched = pending.count
      guard fill() else { return nil }
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
