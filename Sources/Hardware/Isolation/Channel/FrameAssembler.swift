/// Makes frames of the bytes of a stream: four bytes of length, then the body.
package struct FrameAssembler {
  /// Bytes of the largest body: 65,536 layers with long names fit several times.
  package static let limit = 64 << 20

  /// Bytes that are taken from a channel at once, at most.
  static let portion = 1 << 18

  private var pending: [UInt8] = []

  package init() {}

  package mutating func append(_ bytes: ArraySlice<UInt8>) { pending += bytes }

  /// The body of the next frame; nil while it is incomplete. Throws on a length that no frame has.
  package mutating func next() throws(FrameError) -> [UInt8]? {
    guard pending.count >= 4 else { return nil }
    let length = pending.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) }
    guard length <= Self.limit else { throw FrameError("says that it has \(length) bytes") }
    guard pending.count >= 4 + length else { return nil }
    let body = Array(pending[4..<4 + length])
    pending.removeFirst(4 + length)
    return body
  }

  /// A frame as it travels.
  package static func envelope(_ body: [UInt8]) -> [UInt8] {
    precondition(body.count <= limit)
    return withUnsafeBytes(of: UInt32(body.count)) { Array($0) } + body
  }
}
