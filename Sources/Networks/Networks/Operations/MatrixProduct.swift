/// Products of matrices.
enum MatrixProduct {
  /// A product with weights of `outputs` x inputs over the last axis.
  static func fullyConnected(outputs: Int, _ operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    try operands.checkExtent(outputs, "outputs")
    let shape = operands.first
    guard shape.rank >= 2, shape.isPerSample, let length = shape.dimensions[shape.rank - 1].fixed else {
      throw operands.illegal(expected: "rows of one length, such as Nx512; flatten a map first")
    }
    guard outputs <= Graph.largestCount / length else {
      throw operands.tooLarge("\(length) x \(outputs) weights")
    }
    guard shape.count / length <= Graph.largestWork / (length * outputs) else {
      throw operands.tooLarge("\(length) x \(outputs) weights for each of \(shape.count / length) rows")
    }
    return TensorShape(shape.dimensions.dropLast() + [Dimension(outputs)])
  }

  /// Products of the matrices in the last two axes; the axes before them broadcast.
  static func batched(_ operands: Operands) throws -> TensorShape {
    try operands.check(count: 2...2)
    let (left, right) = (operands.first, operands.second)
    guard left.rank >= 2, right.rank >= 2 else { throw operands.illegal(expected: "two matrices") }
    let (rows, inner) = (left.dimensions[left.rank - 2], left.dimensions[left.rank - 1])
    let (length, columns) = (right.dimensions[right.rank - 2], right.dimensions[right.rank - 1])
    guard inner == length, !inner.isPerSample else {
      throw operands.illegal(expected: "as many columns on the left as rows on the right")
    }
    let batches = try TensorShape(left.dimensions.dropLast(2).map { $0 })
      .broadcast(with: TensorShape(right.dimensions.dropLast(2).map { $0 }), operands)
    let result = TensorShape(batches.dimensions + [rows, columns])
    guard result.isLegal, result.count <= Graph.largestWork / inner.factor else {
      throw operands.tooLarge("its output is \(result)")
    }
    return result
  }
}

extension TensorShape {
  /// The shape of two operands of the elementwise operation `node`, by the rules of NumPy; throws `GraphError`.
  package func broadcast(with other: TensorShape, node: String) throws -> TensorShape {
    try broadcast(with: other, Operands(node: node, shapes: [self, other]))
  }

  /// The shape of two operands of an elementwise operation, by the rules of NumPy.
  func broadcast(with other: TensorShape, _ operands: Operands) throws -> TensorShape {
    let (long, short) = rank >= other.rank ? (self, other) : (other, self)
    let missing = long.rank - short.rank
    let dimensions = try long.dimensions.enumerated().map { axis, extent in
      let partner = axis < missing ? Dimension(1) : short.dimensions[axis - missing]
      guard extent == partner || extent == Dimension(1) || partner == Dimension(1) else {
        throw operands.illegal(expected: "shapes that are alike, or 1 where they differ")
      }
      return extent == Dimension(1) ? partner : extent
    }
    return TensorShape(dimensions)
  }
}
