import Networks

extension ONNXOperator {
  static let reshapes: [String: ONNXOperator] = [
    "Reshape": ONNXOperator(2...2, ["allowzero"], fold: foldReshape) { try $0.appendReshape($1) },
    "Flatten": ONNXOperator(1...1, ["axis"], fold: reshaping { try $1.flattened($0) }) {
      try $0.appendReshape($1) { try $1.flattened($0) }
    },
    "Squeeze": ONNXOperator(1...2, ["axes"], fold: reshapingBy { try $1.squeezed($0, axes: $2) }) {
      let axes = try $0.axes($1)
      try $0.appendReshape($1) { try $1.squeezed($0, axes: axes) }
    },
    "Unsqueeze": ONNXOperator(1...2, ["axes"], fold: reshapingBy { try $1.unsqueezed($0, axes: $2) }) {
      let axes = try $0.axes($1)
      try $0.appendReshape($1) { try $1.unsqueezed($0, axes: axes) }
    },
  ]

  private static func reshaping(
    _ target: @escaping @Sendable ([Dimension], ONNXNode) throws -> [Dimension]
  ) -> Folding {
    { node, inputs in
      guard let tensor = inputs[0] else { return nil }
      return tensor.reshaped(to: try target(tensor.extents.map(Dimension.init), node).map(\.factor))
    }
  }

  private static func reshapingBy(
    _ target: @escaping @Sendable ([Dimension], ONNXNode, [Int]?) throws -> [Dimension]
  ) -> Folding {
    { node, inputs in
      guard let tensor = inputs[0] else { return nil }
      let axes = try node.integers("axes") ?? inputs.element(1)?.fixedIntegers
      return tensor.reshaped(to: try target(tensor.extents.map(Dimension.init), node, axes).map(\.factor))
    }
  }

  private static let foldReshape: Folding = { node, inputs in
    guard let tensor = inputs[0], let target = inputs[1]?.integers else { return nil }
    let shape = TensorShape.constant(tensor.extents)
    let result = try node.reshaped(shape, to: target, batch: nil)
    guard !result.isPerSample else { return nil }
    return tensor.reshaped(to: result.dimensions.map(\.factor))
  }
}

extension ONNXNode {
  /// The shape that a list of extents makes of a value: 0 keeps an extent, -1 takes what is left.
  ///
  /// - Parameter batch: A batch that the file fixes. Its first extent then is a multiple of it, and stands for the
  ///   same multiple of any batch.
  fileprivate func reshaped(_ shape: TensorShape, to list: [Dimension], batch: Int?) throws -> TensorShape {
    guard list.count <= TensorShape.largestRank else {
      throw problem("has a shape of \(list.count) axes; up to \(TensorShape.largestRank) are supported")
    }
    let keepsZeros = try integer("allowzero", default: 0) == 0
    var target = try list.enumerated().map { axis, extent in
      guard extent == Dimension(0), keepsZeros else { return extent }
      guard axis < shape.rank else { throw problem("keeps extent \(axis) of \(shape), which has none") }
      return shape.dimensions[axis]
    }
    if let batch, let first = target.first, !target.contains(where: \.isPerSample),
      shape.dimensions.first?.isPerSample == true, first.factor > 0, first.factor.isMultiple(of: batch)
    {
      let moved = [.perSample(first.factor / batch)] + target.dropFirst()
      if let result = Self.filled(moved, for: shape) { return result }
    }
    guard target.count(where: { $0 == Dimension(-1) }) <= 1 else {
      throw problem("reshapes \(shape) to \(list), which leaves more than one extent open")
    }
    target = target.map { $0 }
    guard let result = Self.filled(target, for: shape) else {
      throw problem("reshapes \(shape) to \(list), which has another number of elements")
    }
    return result
  }

  /// Nil unless the shape has the elements of the other.
  private static func filled(_ target: [Dimension], for shape: TensorShape) -> TensorShape? {
    let total = shape.isPerSample ? Dimension.perSample(shape.count) : Dimension(shape.count)
    let known = target.filter { $0 != Dimension(-1) }
    guard let product = known.reduce(Dimension(1), { $0?.multiplied(by: $1) }) else { return nil }
    guard known.count < target.count else { return product == total ? TensorShape(target) : nil }
    guard let rest = total.divided(by: product), rest.multiplied(by: product) == total else { return nil }
    return TensorShape(target.map { $0 == Dimension(-1) ? rest : $0 })
  }

  fileprivate func flattened(_ dimensions: [Dimension]) throws -> [Dimension] {
    let axis = try integer("axis", default: 1)
    // Here alone the rank itself is an axis.
    let position = axis == dimensions.count ? axis : try self.axis(axis, rank: dimensions.count)
    return try [dimensions[..<position], dimensions[position...]].map { part in
      guard let product = part.reduce(Dimension(1), { $0?.multiplied(by: $1) }) else {
        throw problem("flattens \(TensorShape(dimensions)), which is too large")
      }
      return product
    }
  }

  fileprivate func squeezed(_ dimensions: [Dimension], axes: [Int]?) throws -> [Dimension] {
    let dropped = try axes.map { Set(try $0.map { try axis($0, rank: dimensions.count) }) }
    return try dimensions.enumerated().compactMap { axis, extent in
      guard let dropped else { return extent == Dimension(1) ? nil : extent }
      guard dropped.contains(axis) else { return extent }
      guard extent == Dimension(1) else {
        throw problem("drops axis \(axis) of \(TensorShape(dimensions)), which is not 1")
      }
      return nil
    }
  }

  fileprivate func unsqueezed(_ dimensions: [Dimension], axes: [Int]?) throws -> [Dimension] {
    guard let axes else { throw problem("has no axes") }
    let rank = dimensions.count + axes.count
    guard rank <= TensorShape.largestRank else { throw problem("makes \(rank) axes, which is too many") }
    var result = dimensions
    for axis in try axes.map({ try axis($0, rank: rank) }).sorted() {
      guard axis <= result.count else { throw problem("has axes \(axes), one of them twice") }
      result.insert(Dimension(1), at: axis)
    }
    return result
  }
}

extension ONNXReader {
  /// The axes of an attribute or of the second input; nil when there are none.
  fileprivate mutating func axes(_ node: ONNXNode) throws -> [Int]? {
    if let axes = try node.integers("axes") { return axes }
    return node.input(1) == nil ? nil : try fixedIntegers(node, 1, "axes")
  }

  fileprivate mutating func appendReshape(_ node: ONNXNode) throws {
    let target = try integers(node, 1, "shape")
    let shape = try shape(node, 0)
    try appendReshape(node, to: node.reshaped(shape, to: target, batch: batch))
  }

  fileprivate mutating func appendReshape(
    _ node: ONNXNode, _ target: ([Dimension], ONNXNode) throws -> [Dimension]
  ) throws {
    let shape = try shape(node, 0)
    try appendReshape(node, to: TensorShape(target(shape.dimensions, node)))
  }

  private mutating func appendReshape(_ node: ONNXNode, to target: TensorShape) throws {
    let shape = try shape(node, 0)
    guard target != shape else { return try alias(node) }
    guard target.isLegal else { throw node.problem("reshapes \(shape) to \(target), which is not supported") }
    let isFlattening = shape.sample != nil && target == .vector(shape.count)
    try add(node, isFlattening ? .flatten : .reshape(to: target))
  }
}
