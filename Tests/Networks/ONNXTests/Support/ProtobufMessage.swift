import Foundation

/// Protobuf's wire format by hand, so that tests do not trust the code that they test.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ field: Int, integer: Int64) {
    append(varint: UInt64(field) << 3)
    append(varint: UInt64(bitPattern: integer))
  }

  mutating func append(_ field: Int, float: Float) {
    append(varint: UInt64(field) << 3 | 5)
    bytes += littleEndian(float)
  }

  mutating func append(_ field: Int, bytes payload: [UInt8]) {
    append(varint: UInt64(field) << 3 | 2)
    append(varint: UInt64(payload.count))
    bytes += payload
  }

  mutating func append(_ field: Int, text: String) { append(field, bytes: Array(text.utf8)) }

  mutating func append(_ field: Int, message: ProtobufMessage) { append(field, bytes: message.bytes) }

  private mutating func append(varint: UInt64) {
    var rest = varint
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

func littleEndian(_ value: Float) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
}

func littleEndian(_ value: Int64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
