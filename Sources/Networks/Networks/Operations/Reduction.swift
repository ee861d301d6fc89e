/// One number in place of all along some axes.
public struct Reduction: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case mean
    case sum
    case maximum
    case minimum
    case product
  }

  public var kind: Kind
  /// Ascending.
  public var axes: [Int]
  /// Whether the axes stay, with extent 1.
  public var keepsAxes: Bool

  public init(_ kind: Kind, axes: [Int], keepsAxes: Bool) {
    self.kind = kind
    self.axes = axes
    self.keepsAxes = keepsAxes
  }

  func shape(of operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    guard axes == Set(axes).sorted(), !axes.isEmpty else {
      throw operands.illegal("axes", axes, expected: "each axis once")
    }
    var dimensions = operands.first.dimensions
    for axis in axes.reversed() {
      try operands.check(axis: axis)
      guard !dimensions[axis].isPerSample else {
        throw operands.illegal(expected: "axes without the batch, whose samples do not mix")
      }
      if keepsAxes { dimensions[axis] = Dimension(1) } else { dimensions.remove(at: axis) }
    }
    return TensorShape(dimensions)
  }
}
