/// One cell of a cost table: a layer at given widths.
public struct Point: Hashable, Sendable {
  /// Position of the layer in its network.
  public var layer: Int
  public var precision: Precision
  /// Bits of each element of the layer's output as it is stored; nil where that is not stated.
  public var output: BitWidth?

  public init(layer: Int, precision: Precision, output: BitWidth? = nil) {
    self.layer = layer
    self.precision = precision
    self.output = output
  }

  /// `W4A8`, or `W4A8 with outputs of 8 bits` where that is stated.
  public var widths: String {
    "\(precision)" + (output.map { " with outputs of \($0) \($0.bits == 1 ? "bit" : "bits")" } ?? "")
  }
}

extension Point: Comparable {
  /// By layer, weight width, activation width and output width.
  public static func < (one: Point, other: Point) -> Bool {
    (one.layer, one.precision.weight, one.precision.activation, one.output?.bits ?? 0)
      < (other.layer, other.precision.weight, other.precision.activation, other.output?.bits ?? 0)
  }
}
