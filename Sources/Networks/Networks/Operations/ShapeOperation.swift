/// A part of a value: every `step`-th element from `start` up to `end` along one axis.
public struct Slice: Hashable, Sendable {
  public var axis: Int
  public var start: Int
  /// The first position that is left out.
  public var end: Int
  public var step: Int

  public init(axis: Int, start: Int, end: Int, step: Int = 1) {
    self.axis = axis
    self.start = start
    self.end = end
    self.step = step
  }

  func shape(of operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    try operands.check(axis: axis)
    guard let extent = operands.first.dimensions[axis].fixed else {
      throw operands.illegal(expected: "an axis without the batch")
    }
    guard step > 0, (0..<extent).contains(start), start < end, end <= extent else {
      throw operands.illegal("slice", "\(start)..<\(end) by \(step)", expected: "a part of 0..<\(extent)")
    }
    var shape = operands.first
    shape.dimensions[axis] = Dimension((end - start - 1) / step + 1)
    return shape
  }
}

/// Elements added around a value.
public struct Padding: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case constant(Float)
    /// Mirrored at the outermost element, which is not repeated.
    case reflection
    /// The outermost element repeated.
    case edge
  }

  /// For every axis of the value.
  public var before: [Int]
  public var after: [Int]
  public var content: Content

  public init(before: [Int], after: [Int], content: Content) {
    self.before = before
    self.after = after
    self.content = content
  }

  func shape(of operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    let rank = operands.first.rank
    guard before.count == rank, after.count == rank else {
      throw operands.illegal("pads", before + after, expected: "\(2 * rank) numbers")
    }
    let dimensions = try operands.first.dimensions.enumerated().map { axis, dimension in
      guard before[axis] != 0 || after[axis] != 0 else { return dimension }
      guard let extent = dimension.fixed else {
        throw operands.illegal("pads", before + after, expected: "none along the batch")
      }
      let largest = content == .reflection ? extent - 1 : Graph.largestExtent
      guard (0...largest).contains(before[axis]), (0...largest).contains(after[axis]) else {
        throw operands.illegal("pads", before + after, expected: "0 to \(largest) along axis \(axis)")
      }
      return Dimension(extent + before[axis] + after[axis])
    }
    return TensorShape(dimensions)
  }
}

/// Elements picked along one axis.
public struct Selection: Hashable, Sendable {
  public var axis: Int
  /// What is picked, each 0 or more.
  public var indices: [Int]
  /// The axes that take the place of `axis`; none leaves it out.
  public var extents: [Int]

  public init(axis: Int, indices: [Int], extents: [Int]) {
    self.axis = axis
    self.indices = indices
    self.extents = extents
  }

  func shape(of operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    try operands.check(axis: axis)
    guard let extent = operands.first.dimensions[axis].fixed else {
      throw operands.illegal(expected: "an axis without the batch")
    }
    if let wrong = indices.first(where: { !(0..<extent).contains($0) }) {
      throw operands.illegal("index", wrong, expected: "0 to \(extent - 1)")
    }
    var dimensions = operands.first.dimensions
    dimensions.replaceSubrange(axis...axis, with: extents.map(Dimension.init))
    return TensorShape(dimensions)
  }
}

/// Operations that move elements, or call their places by other numbers.
enum ShapeOperation {
  static func flatten(_ operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    guard let sample = operands.first.sample else {
      throw operands.illegal(expected: "the batch as the first axis")
    }
    return .vector(sample.reduce(1, *))
  }

  static func reshape(to shape: TensorShape, _ operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    guard shape.isLegal, shape.count == operands.first.count,
      shape.isPerSample == operands.first.isPerSample
    else { throw operands.illegal(expected: "as many elements as \(shape)") }
    return shape
  }

  static func transpose(_ order: [Int], _ operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    guard order.sorted() == Array(0..<operands.first.rank) else {
      throw operands.illegal("order", order, expected: "each of \(operands.first.rank) axes once")
    }
    return TensorShape(order.map { operands.first.dimensions[$0] })
  }

  static func concatenate(axis: Int, _ operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...Graph.largestExtent)
    try operands.check(axis: axis)
    var shape = operands.first
    for other in operands.shapes.dropFirst() {
      guard other.rank == shape.rank,
        shape.dimensions.indices.allSatisfy({ $0 == axis || other.dimensions[$0] == shape.dimensions[$0] }),
        let sum = shape.dimensions[axis].adding(other.dimensions[axis])
      else { throw operands.illegal(expected: "shapes that differ along axis \(axis) alone") }
      shape.dimensions[axis] = sum
    }
    return shape
  }

  static func expand(to shape: TensorShape, _ operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    guard shape.isLegal else { throw operands.tooLarge("its output is \(shape)") }
    guard try operands.first.broadcast(with: shape, operands) == shape else {
      throw operands.illegal(expected: "a shape that can be repeated to \(shape)")
    }
    return shape
  }
}
