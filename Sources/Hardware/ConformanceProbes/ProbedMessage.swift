import CHAQPlugin

/// A message buffer with a margin behind it, which a plugin must leave alone.
struct ProbedMessage {
  private static let margin = 256
  private static let mark: CChar = 0x5A
  private let capacity: Int
  private var buffer: [CChar]

  init(capacity: Int) {
    self.capacity = capacity
    buffer = Array(repeating: 0, count: capacity) + Array(repeating: Self.mark, count: Self.margin)
  }

  mutating func with(_ body: (UnsafeMutablePointer<haq_message>) -> Int32) -> Int32 {
    buffer.withUnsafeMutableBufferPointer { buffer in
      var message = haq_message(
        struct_size: UInt32(MemoryLayout<haq_message>.size), capacity: UInt32(capacity),
        text: buffer.baseAddress)
      return body(&message)
    }
  }

  /// Up to the zero, or the end of the buffer.
  var text: String {
    String(decoding: buffer.prefix(capacity).prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether it was written beyond, or not ended.
  var isOverrun: Bool {
    !buffer.prefix(capacity).contains(0) || buffer.suffix(Self.margin).contains { $0 != Self.mark }
  }
}
