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

/// Integers and 32-bit floats are numbers of bits, other formats names under a key of their own.
extension CostPoint: Codable {
  private enum CodingKeys: String, CodingKey {
    case layer
    case weightBits = "weight_bits"
    case activationBits = "activation_bits"
    case weightFormat = "weight_format"
    case activationFormat = "activation_format"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layer = try container.decode(Shape.self, forKey: .layer)
    func width(_ format: CodingKeys, _ bits: CodingKeys) throws -> BitWidth {
      guard let name = try container.decodeIfPresent(String.self, forKey: format) else {
        return try container.decode(BitWidth.self, forKey: bits)
      }
      guard let width = BitWidth(formatName: name) else {
        throw DecodingError.dataCorruptedError(
          forKey: format, in: container, debugDescription: "\(name.visibleLine) is no number format")
      }
      return width
    }
    precision = Precision(
      weight: try width(.weightFormat, .weightBits),
      activation: try width(.activationFormat, .activationBits))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(layer, forKey: .layer)
    func encode(_ width: BitWidth, _ format: CodingKeys, _ bits: CodingKeys) throws {
      if width.isNumberOfBits {
        try container.encode(width, forKey: bits)
      } else {
        try container.encode(width.formatName, forKey: format)
      }
    }
    try encode(precision.weight, .weightFormat, .weightBits)
    try encode(precision.activation, .activationFormat, .activationBits)
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
