import Core
import Networks

/// Numbers that are known while a network is read: its constants, and what follows from them and from shapes.
struct FoldedTensor {
  enum Elements: Equatable {
    /// Floats, and integers of up to 16 bits, which are exact as floats.
    case floats([Float])
    /// Integers that may be lengths, and truth values as 0 and 1.
    case integers([Dimension])
  }

  var type: ONNXElementType
  var extents: [Int]
  /// Row-major.
  var elements: Elements
  /// The tensor of the file whose numbers these are.
  var source: String?
  /// The width of the quantizer of the file that the numbers went through.
  var givenWidth: BitWidth?

  init(type: ONNXElementType, extents: [Int], elements: Elements, source: String? = nil) {
    self.type = type
    self.extents = extents
    self.elements = elements
    self.source = source
  }

  init(extents: [Int], floats: [Float]) {
    self.init(type: .float32, extents: extents, elements: .floats(floats))
  }

  init(extents: [Int], integers: [Dimension]) {
    self.init(type: .signed64, extents: extents, elements: .integers(integers))
  }

  /// The same numbers in another shape.
  func reshaped(to extents: [Int]) -> FoldedTensor {
    var tensor = self
    tensor.extents = extents
    return tensor
  }

  var floats: [Float]? { if case .floats(let floats) = elements { floats } else { nil } }

  var integers: [Dimension]? { if case .integers(let integers) = elements { integers } else { nil } }

  /// The integers, when none depends on the batch.
  var fixedIntegers: [Int]? {
    guard let integers else { return nil }
    let fixed = integers.compactMap(\.fixed)
    return fixed.count == integers.count ? fixed : nil
  }
}

extension FoldedTensor.Elements {
  var count: Int {
    switch self {
    case .floats(let floats): floats.count
    case .integers(let integers): integers.count
    }
  }

  /// What the elements take in memory.
  var bytes: Int {
    switch self {
    case .floats(let floats): floats.count * MemoryLayout<Float>.stride
    case .integers(let integers): integers.count * MemoryLayout<Dimension>.stride
    }
  }

  /// The same movement of either kind.
  func moved(
    _ floats: ([Float]) -> [Float], _ integers: ([Dimension]) -> [Dimension]
  ) -> FoldedTensor.Elements {
    switch self {
    case .floats(let list): .floats(floats(list))
    case .integers(let list): .integers(integers(list))
    }
  }
}
