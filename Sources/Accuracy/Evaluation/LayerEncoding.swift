public import Core

/// The quantizers by which an evaluator rounds the numbers of one layer.
public struct LayerEncoding: Hashable, Sendable, Codable {
  public var layer: String
  public var weight: TensorEncoding
  /// Of the values that the layer reads; one scale, where there is any.
  public var activation: TensorEncoding

  public init(layer: String, weight: TensorEncoding, activation: TensorEncoding) {
    self.layer = layer
    self.weight = weight
    self.activation = activation
  }

  /// Of integers.
  public init(layer: String, weight: QuantizerEncoding, activation: QuantizerEncoding) {
    self.init(layer: layer, weight: .integers(weight), activation: .integers(activation))
  }
}

/// How the numbers of a tensor are stored.
public enum TensorEncoding: Hashable, Sendable {
  /// With scales of their own.
  case integers(QuantizerEncoding)
  /// Since 1.3.
  case other(FormatEncoding)

  /// The format, as policies have it.
  public var format: BitWidth {
    switch self {
    case .integers(let quantizer): quantizer.bits
    case .other(let encoding): encoding.format
    }
  }

  /// Nil for other formats than integers with scales of their own.
  public var integers: QuantizerEncoding? {
    if case .integers(let quantizer) = self { quantizer } else { nil }
  }
}

/// Numbers of a format that is not integers with scales of their own.
public struct FormatEncoding: Hashable, Sendable {
  /// 32-bit floats, or a format that is no number of bits.
  public let format: BitWidth
  /// Of floats of at most 8 bits, one for all numbers or one for each output channel; of the weights in groups of
  /// integers, one for each group, output by output; of `nvfp4`, that of the tensor, where it is fixed; none of others.
  public var scales: [Float]

  /// Nil for integers with scales of their own.
  public init?(format: BitWidth, scales: [Float] = []) {
    guard format == .float || !format.isNumberOfBits else { return nil }
    (self.format, self.scales) = (format, scales)
  }
}

/// Evenly spaced numbers, (quantized value - zero point) * scale. The quantized value of a number is
/// round(number / scale) + zero point, ties to even, clamped.
public struct QuantizerEncoding: Hashable, Sendable, Codable {
  public var bits: BitWidth
  /// The least and the greatest quantized value.
  public var lowest: Int
  public var highest: Int
  /// The quantized value of zero.
  public var zeroPoint: Int
  /// One for all numbers, or one for each output channel.
  public var scales: [Float]

  private enum CodingKeys: String, CodingKey {
    case bits
    case lowest
    case highest
    case zeroPoint = "zero_point"
    case scales
  }

  public init(bits: BitWidth, lowest: Int, highest: Int, zeroPoint: Int = 0, scales: [Float]) {
    self.bits = bits
    self.lowest = lowest
    self.highest = highest
    self.zeroPoint = zeroPoint
    self.scales = scales
  }
}

/// What a quantized network is asked for: its quantizers under a policy, and its weights rounded by them.
public struct QuantizationRequest: Hashable, Sendable, Codable {
  public var policy: [WireEvaluation.LayerBits]
  /// A file of `finetune` whose weights are taken; nil takes those of the network.
  public var checkpoint: String?
  /// Values of the network, by their names in its ONNX file, of which 8-bit quantizers are asked for, too. Since 1.3.
  public var values: [String]?
  /// Where the numbers go: of each layer in order its weights, row-major and outputs first, and its biases, as little-endian
  /// 32-bit floats.
  public var output: String

  public init(
    policy: [WireEvaluation.LayerBits], checkpoint: String? = nil, values: [String]? = nil, output: String
  ) {
    self.policy = policy
    self.checkpoint = checkpoint
    self.values = values
    self.output = output
  }
}

/// What an evaluator answers to a `QuantizationRequest`.
public struct NetworkEncoding: Hashable, Sendable {
  /// In the order of policies.
  public var layers: [LayerEncoding]
  /// Of the values that were asked for, in that order; nil from an evaluator that does not know them.
  public var values: [QuantizerEncoding]?
  /// Constants of the network's graph that were changed together with weights, by value name, row-major. Since 1.5.
  public var constants: [String: [Float]]

  public init(
    layers: [LayerEncoding], values: [QuantizerEncoding]? = nil, constants: [String: [Float]] = [:]
  ) {
    self.layers = layers
    self.values = values
    self.constants = constants
  }
}
