/// One cell of a cost table: a layer at given widths.
public struct Point: Hashable, Sendable {
  /// Position of the layer in its network.
  public var layer: Int
  public var precision: Precision

  public init(layer: Int, precision: Precision) {
    self.layer = layer
    self.precision = precision
  }
}

extension Point: Comparable {
  /// By layer, weight width and activation width.
  public static func < (one: Point, other: Point) -> Bool {
    (one.layer, one.precision.weight, one.precision.activation)
      < (other.layer, other.precision.weight, other.precision.activation)
  }
}
