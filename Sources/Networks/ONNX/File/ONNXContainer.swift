import Foundation

/// A model taken apart: its structure, small enough to decode, and the contents of its tensors, which stay where they are.
///
/// A decoded message takes some hundred bytes though two bytes can describe it; so the structure is
/// bounded before it is decoded. Contents are slices of the file, and parts that nobody reads, such as
/// documentation, are left out.
struct ONNXContainer {
  /// MobileNetV2 needs about 30 kB, a Swin transformer 1 MB.
  static let limit = 8 << 20
  /// Messages, names and texts; some need two bytes in a file, and some hundred in memory.
  static let partLimit = 2_000_000

  /// The model; a tensor's raw data is replaced by its position in `contents`, in eight bytes.
  private(set) var structure = Data()
  private(set) var contents: [Data] = []
  /// Bytes of numbers within the structure.
  private var listed = 0
  private var parts = 0

  /// Throws `ONNXError.Problem` for a model with more structure, or one that ends early.
  init(_ model: Data) throws {
    structure = try reduced(model[...], as: .model)
    let bytes = structure.count - listed
    guard bytes <= Self.limit else { throw ONNXError.Problem.tooManyParts(bytes: bytes, limit: Self.limit) }
  }

  /// The raw data that a decoded tensor refers to.
  func rawData(of tensor: ONNXTensorProto) -> Data {
    let position = tensor.rawData.reduce(0) { $0 << 8 | Int($1) }
    return contents[position]
  }

  private enum Part {
    case model, graph, node, attribute, tensor
    /// Kept as it is.
    case leaf
    /// Numbers, which take no more memory than in the file.
    case numbers
    case rawData

    /// Field numbers of onnx.proto that are read; others are dropped.
    func field(_ number: UInt64) -> Part? {
      switch (self, number) {
      case (.model, 7): .graph
      case (.graph, 1): .node
      case (.graph, 5), (.attribute, 5): .tensor
      case (.node, 5): .attribute
      case (.tensor, 4), (.tensor, 10): .numbers
      case (.tensor, 9): .rawData
      case (.model, 1), (.model, 2), (.model, 8), (.graph, 2), (.graph, 11), (.graph, 12): .leaf
      case (.node, 1...4), (.node, 7), (.attribute, 1...4), (.attribute, 7...8), (.attribute, 20): .leaf
      case (.tensor, 1...2), (.tensor, 5), (.tensor, 7...8), (.tensor, 13...14): .leaf
      default: nil
      }
    }
  }

  private mutating func reduced(_ message: Data, as part: Part) throws -> Data {
    var rest = message
    var result = Data()
    while !rest.isEmpty {
      let start = rest
      let key = try Self.varint(from: &rest)
      let kept = part.field(key >> 3)
      guard key & 7 == 2 else {
        try Self.skip(wireType: key & 7, from: &rest)
        if kept != nil { result += start.prefix(start.count - rest.count) }
        continue
      }
      let length = Int(clamping: try Self.varint(from: &rest))
      guard length <= rest.count else { throw Self.endsEarly }
      let payload = rest.prefix(length)
      rest = rest.dropFirst(length)
      if kept != nil { parts += 1 }
      guard parts <= Self.partLimit else {
        throw ONNXError.Problem.tooManyMessages(limit: Self.partLimit)
      }
      switch kept {
      case nil: break
      case .leaf: result += start.prefix(start.count - rest.count)
      case .numbers:
        listed += length
        result += start.prefix(start.count - rest.count)
      case .rawData:
        Self.append(key: key, Self.bytes(of: contents.count), to: &result)
        contents.append(payload)
      case let inner?: Self.append(key: key, try reduced(payload, as: inner), to: &result)
      }
      // What is dropped costs nothing; what is kept is bounded while it is copied.
      guard result.count - listed <= 2 * Self.limit else {
        throw ONNXError.Problem.tooManyParts(bytes: message.count, limit: Self.limit)
      }
    }
    return result
  }

  private static func bytes(of position: Int) -> Data {
    withUnsafeBytes(of: UInt64(position).bigEndian) { Data($0) }
  }

  private static func append(key: UInt64, _ payload: Data, to message: inout Data) {
    for var number in [key, UInt64(payload.count)] {
      while number >= 0x80 {
        message.append(UInt8(number & 0x7F) | 0x80)
        number >>= 7
      }
      message.append(UInt8(number))
    }
    message += payload
  }

  private static let endsEarly = ONNXError.Problem.notONNX(reason: "it ends early")

  private static func skip(wireType: UInt64, from rest: inout Data) throws {
    switch wireType {
    case 0: _ = try varint(from: &rest)
    case 1, 5:
      let width = wireType == 1 ? 8 : 4
      guard rest.count >= width else { throw endsEarly }
      rest = rest.dropFirst(width)
    default: throw ONNXError.Problem.notONNX(reason: "a field has an unknown wire type")
    }
  }

  private static func varint(from rest: inout Data) throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw endsEarly }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw ONNXError.Problem.notONNX(reason: "a number has more than 64 bits")
  }
}
