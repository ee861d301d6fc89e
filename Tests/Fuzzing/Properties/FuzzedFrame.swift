import Isolation

/// What must hold when the bytes that come out of a sandbox, or go into one, are anything at all.
package enum FuzzedFrame {
  /// Reads `bytes` as a request, as a reply and as a stream of frames; returns what is wrong, nil when nothing is.
  ///
  /// What is read must survive being written and read again, so no value is taken that does not exist.
  package static func problem(with bytes: [UInt8]) -> String? {
    if let request = try? Request(frame: bytes) {
      let frame = request.frame
      guard let again = try? Request(frame: frame), again.frame == frame else {
        return "a request that does not survive: \(request)"
      }
    }
    if let reply = try? Reply(frame: bytes) {
      let frame = reply.frame
      guard let again = try? Reply(frame: frame), again.frame == frame else {
        return "a reply that does not survive: \(reply)"
      }
    }
    return streamProblem(with: bytes)
  }

  /// However a stream is cut, the same frames must come out of it.
  private static func streamProblem(with bytes: [UInt8]) -> String? {
    let whole = bodies(of: bytes, step: max(1, bytes.count))
    return bodies(of: bytes, step: 3) == whole ? nil : "frames depend on how the stream is cut"
  }

  private static func bodies(of bytes: [UInt8], step: Int) -> [[UInt8]] {
    var assembler = FrameAssembler()
    var bodies: [[UInt8]] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      assembler.append(bytes[start..<min(start + step, bytes.count)])
      do {
        while let body = try assembler.next() { bodies.append(body) }
      } catch { break }
    }
    return bodies
  }
}
