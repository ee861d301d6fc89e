public import Core

/// A layer at widths, as a cost program sees it: by its shape, without its name.
public struct CostPoint: Hashable, Sendable {
  public var layer: Shape
  public var precision: Precision

  /// The shape of a layer; the keys are those of `docs/network.md`, extents are `[height, width]`.
  public struct Shape: Hashable, Sendable, Codable {
    public var kind: Layer.Kind
    public var groups: Int
    public var inputChannels: Int
    public var outputChannels: Int
    public var input, output, kernel, stride, dilation: [Int]
    /// Top, left, bottom, right.
    public var padding: [Int]

    private enum CodingKeys: String, CodingKey {
      case kind, groups, input, output, kernel, stride, dilation, padding
      case inputChannels = "in_channels"
      case outputChannels = "out_channels"
    }
  }
}

/// The shape, and the keys of the pair.
extension CostPoint: Codable {
  private enum CodingKeys: String, CodingKey { case layer }

  public init(from decoder: any Decoder) throws {
    layer = try decoder.container(keyedBy: CodingKeys.self).decode(Shape.self, forKey: .layer)
    precision = try PrecisionKeys(from: decoder).precision
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(layer, forKey: .layer)
    try PrecisionKeys(precision).encode(to: encoder)
  }
}

extension CostPoint {
  public init(_ layer: Layer, _ precision: Precision) {
    self.init(layer: Shape(layer), precision: precision)
  }
}

extension CostPoint.Shape {
  public init(_ layer: Layer) {
    let padding = layer.padding
    self.init(
      kind: layer.kind, groups: layer.groups, inputChannels: layer.inputChannels,
      outputChannels: layer.outputChannels, input: layer.input.sides, output: layer.output.sides,
      kernel: layer.kernel.sides, stride: layer.stride.sides, dilation: layer.dilation.sides,
      padding: [padding.top, padding.left, padding.bottom, padding.right])
  }
}

extension Extent {
  fileprivate var sides: [Int] { [height, width] }
}
