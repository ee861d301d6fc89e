/// One cell of a cost table: a layer at given widths.
public struct Point: Hashable, Sendable {
  /// Position of the layer in its network.
  public var layer: Int
  public var precision: Precision
  /// What each element of the layer's output is as it is stored; nil where that is not stated.
  public var output: BitWidth?

  public init(layer: Int, precision: Precision, output: BitWidth? = nil) {
    self.layer = layer
    self.precision = precision
    self.output = output
  }

  /// Whether its widths are numbers of bits, which libraries that know no formats understand.
  public var isNumbersOfBits: Bool {
    precision.weight.isNumberOfBits && precision.activation.isNumberOfBits && output?.isNumberOfBits != false
  }

  /// `W4A8`, or `W4A8 with outputs of 8 bits` or `in bf16` where that is stated.
  public var widths: String { "\(precision)" + (output.map { " with outputs \($0.phrase)" } ?? "") }
}

extension Point: Comparable {
  /// By layer, weight width, activation width and output width.
  public static func < (one: Point, other: Point) -> Bool {
    if one.layer != other.layer { return one.layer < other.layer }
    if one.precision != other.precision { return one.precision < other.precision }
    guard let output = one.output, let otherOutput = other.output else {
      return one.output == nil && other.output != nil
    }
    return output < otherOutput
  }
}

extension BitWidth {
  /// `of 8 bits`, or `in bf16`.
  public var phrase: String { isNumberOfBits ? "of \(self) \(bits == 1 ? "bit" : "bits")" : "in \(self)" }
}
