import Glibc
import Synchronization

/// The sandbox's end of the channel; a plugin's threads may log at any time, so frames are written whole.
final class ChildChannel: Sendable {
  private let descriptor: Int32
  private let isWriting = Mutex(())
  private let frames = Mutex(FrameAssembler())

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next frame's body; nil at the end, or when what comes is no frame.
  func receive() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      do {
        if let body = try frames.withLock({ frames in try frames.next() }) { return body }
      } catch { return nil }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      frames.withLock { $0.append(buffer[..<count]) }
    }
  }

  /// Does not return when the parent is gone: then this process has no purpose.
  func send(_ reply: Reply) {
    let bytes = FrameAssembler.envelope(reply.frame)
    isWriting.withLock { _ in
      bytes.withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count {
          let count = Glibc.send(
            descriptor, bytes.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { _exit(0) }
          done += count
        }
      }
    }
  }
}
