/// A map at another height and width.
public struct Resizing: Hashable, Sendable {
  public enum Mode: Hashable, Sendable {
    /// The element at `floor(position * input / output)`.
    case nearest
    /// Between the elements around (position + 1/2) * input / output - 1/2, or the corners kept on corners.
    case linear(alignsCorners: Bool)
  }

  public var mode: Mode
  /// The spatial extents of the output.
  public var extents: [Int]
  /// Output elements for each input element along each spatial axis, when it is not the ratio of the extents.
  public var scales: [Float]?

  public init(_ mode: Mode, extents: [Int], scales: [Float]? = nil) {
    self.mode = mode
    self.extents = extents
    self.scales = scales
  }

  func shape(of operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    guard try operands.spatialExtents().count == extents.count, (1...2).contains(extents.count) else {
      throw operands.illegal(expected: "a map with one or two spatial axes")
    }
    for extent in extents { try operands.checkExtent(extent, "output extent") }
    return TensorShape(operands.first.dimensions.prefix(2) + extents.map(Dimension.init))
  }
}
