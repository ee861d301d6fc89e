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
  private(set) var extents: [Int]
  /// Row-major.
  private(set) var elements: Elements
  /// The tensor of the file whose numbers these are.
  var source: String?
  /// The width of the quantizer of the file that the numbers went through.
  var givenWidth: BitWidth?
  /// The memory of the elements within the budget; who keeps the elements elsewhere keeps this too.
  private(set) var room: ReadingBudget.Room

  var budget: ReadingBudget { room.budget }

  /// Numbers that are made once there is room for them. Throws `ONNXError.Problem` where there is none.
  init(
    type: ONNXElementType = .float32, extents: [Int], floats: @autoclosure () throws -> [Float],
    in budget: ReadingBudget
  ) throws {
    room = try budget.room(for: extents, of: Float.self)
    (self.type, self.extents) = (type, extents)
    elements = .floats(try floats())
  }

  init(
    type: ONNXElementType = .signed64, extents: [Int], integers: @autoclosure () throws -> [Dimension],
    in budget: ReadingBudget
  ) throws {
    room = try budget.room(for: extents, of: Dimension.self)
    (self.type, self.extents) = (type, extents)
    elements = .integers(try integers())
  }

  /// The numbers of a tensor of the file, in the form that its type has here.
  init(
    type: ONNXElementType, extents: [Int], elements: @autoclosure () throws -> Elements, source: String,
    in budget: ReadingBudget
  ) throws {
    room =
      type.isShapeNumber
      ? try budget.room(for: extents, of: Dimension.self) : try budget.room(for: extents, of: Float.self)
    (self.type, self.extents) = (type, extents)
    self.elements = try elements()
    self.source = source
  }

  /// The same numbers in another shape of as many elements.
  func reshaped(to extents: [Int]) -> FoldedTensor {
    var tensor = self
    tensor.extents = extents
    return tensor
  }

  /// The same movement of either kind of elements.
  func moved(
    to extents: [Int], _ floats: ([Float]) throws -> [Float],
    _ integers: ([Dimension]) throws -> [Dimension]
  ) throws -> FoldedTensor {
    var tensor = self
    tensor.extents = extents
    switch elements {
    case .floats(let list):
      tensor.room = try budget.room(for: extents, of: Float.self)
      tensor.elements = .floats(try floats(list))
    case .integers(let list):
      tensor.room = try budget.room(for: extents, of: Dimension.self)
      tensor.elements = .integers(try integers(list))
    }
    return tensor
  }

  var floats: [Float]? { if case .floats(let floats) = elements { floats } else { nil } }

  var integers: [Dimension]? { if case .integers(let integers) = elements { integers } else { nil } }

  /// The integers, when none depends on the batch.
  var fixedIntegers: [Int]? {
    guard let integers, !integers.contains(where: \.isPerSample) else { return nil }
    return integers.map(\.factor)
  }
}

extension FoldedTensor.Elements {
  var count: Int {
    switch self {
    case .floats(let floats): floats.count
    case .integers(let integers): integers.count
    }
  }
}
