/// A map at other spatial extents, as ONNX's Resize (opset 19) defines it.
public struct Resizing: Hashable, Sendable {
  /// How an output element comes from the input elements around its place.
  public enum Interpolation: Hashable, Sendable {
    case nearest(Rounding)
    case linear
    /// Keys's kernel; -0.75 and -0.5 are usual.
    case cubic(coefficient: Float)
  }

  /// Which element is nearest; raw values are ONNX's.
  public enum Rounding: String, Hashable, Sendable, CaseIterable {
    case floor
    case ceil
    case roundPreferFloor = "round_prefer_floor"
    case roundPreferCeil = "round_prefer_ceil"
  }

  /// Where an output element lies in the input; raw values are ONNX's.
  public enum Coordinates: String, Hashable, Sendable, CaseIterable {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
  }

  public var interpolation: Interpolation
  public var coordinates: Coordinates
  /// Whether places outside the map count for nothing, rather than as the elements at its edge.
  public var excludesOutside = false
  /// The spatial extents of the output.
  public var extents: [Int]
  /// Output elements for each input element along each spatial axis, when it is not the ratio of the extents.
  public var scales: [Float]?

  public init(
    _ interpolation: Interpolation, _ coordinates: Coordinates, extents: [Int], scales: [Float]? = nil
  ) {
    self.interpolation = interpolation
    self.coordinates = coordinates
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
