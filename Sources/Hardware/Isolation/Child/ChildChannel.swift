import Glibc
import Synchronization

/// The sandbox's end of the channel; a plugin's threads may log at any time, so frames are written whole.
final class ChildChannel: Sendable {
  private let descriptor: Int32
  private let isWriting = Mutex(())
  private let incoming = Mutex(Incoming())

  private struct Incoming {
    var frames = FrameAssembler()
    /// Kept, since the kernel clears as much new memory at every allocation.
    var buffer = [UInt8](repeating: 0, count: FrameAssembler.portion)
  }

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next frame's body; nil at the end, or when what comes is no frame.
  func receive() -> [UInt8]? {
    incoming.withLock { incoming in
      while true {
        do {
          if let body = try incoming.frames.next() { return body }
        } catch { return nil }
        let count = incoming.buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return nil }
        incoming.frames.append(incoming.buffer[..<count])
      }
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
