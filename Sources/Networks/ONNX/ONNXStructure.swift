import Foundation

/// Bounds the memory that decoding a model takes, before it is decoded.
///
/// A decoded message takes some hundred bytes though two bytes can describe it; a tensor's
/// contents take no more than in the file. So all but the contents of initializers is bounded.
enum ONNXStructure {
  /// MobileNetV2 needs about 30 kB.
  static let limit = 8 << 20

  /// Throws `ONNXError.Problem` for a model with more structure, or one that ends early.
  static func check(_ model: Data) throws {
    var contents = 0
    try forEachField(of: model[...]) { modelField, graph in
      guard modelField == 7 else { return }  // ModelProto.graph
      try forEachField(of: graph) { graphField, initializer in
        guard graphField == 5 else { return }  // GraphProto.initializer
        try forEachField(of: initializer) { field, payload in
          if field == 4 || field == 9 { contents += payload.count }  // float_data, raw_data
        }
      }
    }
    let bytes = model.count - contents
    guard bytes <= limit else { throw ONNXError.Problem.tooManyParts(bytes: bytes, limit: limit) }
  }

  /// Calls `visit` with the number and the payload of every length-delimited field.
  private static func forEachField(of message: Data, _ visit: (UInt64, Data) throws -> Void) throws {
    var rest = message
    while !rest.isEmpty {
      let key = try varint(from: &rest)
      let skipped: Int
      switch key & 7 {
      case 0:
        _ = try varint(from: &rest)
        continue
      case 1: skipped = 8
      case 2: skipped = Int(clamping: try varint(from: &rest))
      case 5: skipped = 4
      default: throw ONNXError.Problem.notONNX(reason: "a field has an unknown wire type")
      }
      guard skipped <= rest.count else { throw ONNXError.Problem.notONNX(reason: "it ends early") }
      if key & 7 == 2 { try visit(key >> 3, rest.prefix(skipped)) }
      rest = rest.dropFirst(skipped)
    }
  }

  private static func varint(from rest: inout Data) throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw ONNXError.Problem.notONNX(reason: "it ends early") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw ONNXError.Problem.notONNX(reason: "a number has more than 64 bits")
  }
}
