import Foundation

/// A constant of a file; its contents are checked when somebody asks for them.
struct ONNXTensor {
  static let floatType: Int32 = 1
  static let integerType: Int32 = 7

  private let proto: ONNXTensorProto
  private let name: String

  init(_ proto: ONNXTensorProto, name: String? = nil) {
    self.proto = proto
    self.name = name ?? proto.name
  }

  /// The dimensions; each is zero or more, and their product can be counted.
  func dimensions() throws -> [Int] {
    var count = 1
    return try proto.dims.map { dimension in
      guard let extent = Int(exactly: dimension), extent >= 0 else {
        throw problem("has the negative dimension \(dimension)")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw problem("has dimensions \(proto.dims) whose product is too large") }
      count = product
      return extent
    }
  }

  /// Row-major contents of a tensor of 32-bit floats.
  func floats() throws -> [Float] {
    try contents(
      type: Self.floatType, typeName: "32-bit float", listed: proto.floatData, as: UInt32.self,
      { Float(bitPattern: $0) })
  }

  /// Row-major contents of a tensor of 64-bit integers.
  func integers() throws -> [Int64] {
    try contents(
      type: Self.integerType, typeName: "64-bit integer", listed: proto.int64Data, as: UInt64.self,
      { Int64(bitPattern: $0) })
  }

  private func contents<Element, Bits: FixedWidthInteger>(
    type: Int32, typeName: String, listed: [Element], as bits: Bits.Type, _ element: (Bits) -> Element
  ) throws -> [Element] {
    guard proto.dataLocation == 0 else {
      throw problem(
        "keeps its contents in another file, which is not supported; save the network as one file")
    }
    guard proto.dataType == type else {
      throw problem("has element type \(proto.dataType); \(type) (\(typeName)) is supported")
    }
    let count = try dimensions().reduce(1, *)
    guard proto.hasRawData else {
      guard listed.count == count else {
        throw problem("has \(listed.count) elements; its dimensions \(proto.dims) need \(count)")
      }
      return listed
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Bits>.size)
    guard !overflow, proto.rawData.count == size, listed.isEmpty else {
      throw problem(
        "has \(proto.rawData.count) bytes; its dimensions \(proto.dims) need \(count) elements of "
          + "\(MemoryLayout<Bits>.size) bytes")
    }
    return proto.rawData.withUnsafeBytes { bytes in
      (0..<count).map { index in
        element(
          Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: bits)))
      }
    }
  }

  private func problem(_ message: String) -> ONNXError.Problem { .tensor(name, message: message) }
}
