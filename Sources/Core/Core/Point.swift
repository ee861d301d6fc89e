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
