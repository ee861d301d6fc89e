import Foundation
import Networks
import NumberFormats

/// A constant of a file; its contents are checked when they are read.
struct ONNXTensor {
  private let proto: ONNXTensorProto
  private let name: String
  /// The raw data, when it is in the same file.
  private let raw: Data?

  init(_ proto: ONNXTensorProto, in container: ONNXContainer, name: String? = nil) {
    self.proto = proto
    self.name = name ?? proto.name
    raw = proto.hasRawData ? container.rawData(of: proto) : nil
  }

  /// What the numbers are. Throws `ONNXError.Problem` for types that are not supported.
  func type() throws -> ONNXElementType {
    guard let type = ONNXElementType(rawValue: proto.dataType) else {
      throw problem(
        "holds \(ONNXElementType.title(of: proto.dataType)); supported are \(ONNXElementType.names)")
    }
    return type
  }

  /// The extents; each is zero or more, and their product can be counted.
  func extents() throws -> [Int] {
    guard proto.dims.count <= TensorShape.largestRank else {
      throw problem("has \(proto.dims.count) dimensions; up to \(TensorShape.largestRank) are read")
    }
    var count = 1
    return try proto.dims.map { dimension in
      guard let extent = Int(exactly: dimension), extent >= 0 else {
        throw problem("has the negative dimension \(dimension)")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= Graph.largestCount else {
        throw problem("has dimensions \(proto.dims) whose product is too large")
      }
      count = product
      return extent
    }
  }

  /// All numbers.
  ///
  /// - Parameter folder: where other files are that the tensor may refer to.
  func folded(folder: String?, in budget: ReadingBudget) throws -> FoldedTensor {
    let (type, extents) = (try type(), try extents())
    let count = extents.reduce(1, *)
    func elements() throws -> FoldedTensor.Elements {
      // Another file is read as a whole before its numbers are made.
      let room = try isElsewhere ? budget.room(for: count * type.bits / 8, of: UInt8.self) : nil
      defer { withExtendedLifetime(room) {} }
      guard let bytes = try bytes(folder: folder, count: count, type: type) else {
        return try listed(count: count, type: type)
      }
      return ONNXNumbers.decode(bytes, count: count, type: type)
    }
    return try FoldedTensor(
      type: type, extents: extents, elements: elements(), source: name, in: budget)
  }

  /// Whether another file holds the contents.
  private var isElsewhere: Bool { proto.dataLocation == 1 }

  /// Nil when the numbers are listed one by one.
  private func bytes(folder: String?, count: Int, type: ONNXElementType) throws -> Data? {
    let size = (count * type.bits + 7) / 8
    let bytes: Data
    if isElsewhere {
      let entries = Dictionary(proto.externalData.map { ($0.key, $0.value) }) { first, _ in first }
      do {
        bytes = try ONNXExternalData(entries).read(size: size, folder: folder)
      } catch let reason as ONNXExternalData.Refusal {
        throw problem("keeps its contents in another file, and \(reason.message)")
      }
    } else if let raw {
      bytes = raw
    } else {
      return nil
    }
    guard bytes.count == size, proto.floatData.isEmpty, proto.int64Data.isEmpty else {
      throw problem(
        "has \(bytes.count) bytes; its dimensions \(proto.dims) need \(count) elements of \(type.bits) bits"
      )
    }
    return bytes
  }

  private func listed(count: Int, type: ONNXElementType) throws -> FoldedTensor.Elements {
    let elements: FoldedTensor.Elements
    switch type {
    case .float32: elements = .floats(proto.floatData)
    case .float64: elements = .floats(proto.doubleData.map(Float.init))
    case .float16:
      elements = .floats(proto.int32Data.map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) })
    case .bfloat16:
      elements = .floats(proto.int32Data.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) })
    case .signed64: elements = .integers(proto.int64Data.map { Dimension(Int($0)) })
    case .signed32, .boolean: elements = .integers(proto.int32Data.map { Dimension(Int($0)) })
    case .unsigned4, .signed4:
      // Bytes, one after the other.
      guard proto.int32Data.count == (count + 1) / 2 else {
        throw problem(
          "lists \(proto.int32Data.count) bytes; its dimensions \(proto.dims) need \((count + 1) / 2)")
      }
      let bytes = Data(proto.int32Data.map { UInt8(truncatingIfNeeded: $0) })
      elements = ONNXNumbers.decode(bytes, count: count, type: type)
    case .float8E4M3, .float8E5M2:
      let codes = proto.int32Data.map { UInt32(truncatingIfNeeded: $0) & 0xFF }
      elements = .floats(codes.map { type.floats8?.decode($0) ?? .nan })
    case .unsigned32, .unsigned64:
      throw problem("lists its numbers one by one, which is not supported for \(type)")
    default: elements = .floats(proto.int32Data.map(Float.init))
    }
    guard elements.count == count else {
      throw problem("has \(elements.count) elements; its dimensions \(proto.dims) need \(count)")
    }
    return elements
  }

  func problem(_ message: String) -> ONNXError.Problem { .tensor(name, message: message) }
}
