import Foundation

/// Numbers that are kept as bytes, four each and little-endian, rather than one by one.
struct PackedFloats: Codable, Sendable {
  var values: [Float]

  init(_ values: [Float]) { self.values = values }

  init(from decoder: any Decoder) throws {
    let bytes = try [UInt8](decoder.singleValueContainer().decode(Data.self))
    guard bytes.count.isMultiple(of: 4) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not whole numbers of four bytes"))
    }
    values = stride(from: 0, to: bytes.count, by: 4).map { at in
      Float(
        bitPattern: UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
          | UInt32(bytes[at + 3]) << 24)
    }
    guard values.allSatisfy(\.isFinite) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not finite numbers"))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * values.count)
    for value in values {
      let pattern = value.bitPattern
      bytes.append(UInt8(truncatingIfNeeded: pattern))
      bytes.append(UInt8(truncatingIfNeeded: pattern >> 8))
      bytes.append(UInt8(truncatingIfNeeded: pattern >> 16))
      bytes.append(UInt8(truncatingIfNeeded: pattern >> 24))
    }
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes))
  }
}
