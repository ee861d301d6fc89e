public import Core

/// The grids that an evaluator rounds the numbers of one layer to.
public struct LayerEncoding: Hashable, Sendable, Codable {
  public var layer: String
  public var weight: GridEncoding
  /// Of the values that the layer reads; one scale.
  public var activation: GridEncoding

  public init(layer: String, weight: GridEncoding, activation: GridEncoding) {
    self.layer = layer
    self.weight = weight
    self.activation = activation
  }
}

/// Evenly spaced numbers: (code - zero point) * scale, where a value's code is round(value / scale) + zero point, ties to even, clamped.
public struct GridEncoding: Hashable, Sendable, Codable {
  public var bits: BitWidth
  /// The codes that exist.
  public var lowest: Int
  public var highest: Int
  /// The code of zero.
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

/// What a quantized network is asked for: its grids under a policy, and its weights on them.
public struct QuantizationRequest: Hashable, Sendable, Codable {
  public var policy: [WireEvaluation.LayerBits]
  /// A file of `finetune` whose weights are taken; nil takes those of the network.
  public var checkpoint: String?
  /// Where the numbers go: of each layer in order its weights, row-major and outputs first, and its biases, as little-endian
  /// 32-bit floats.
  public var output: String

  public init(policy: [WireEvaluation.LayerBits], checkpoint: String? = nil, output: String) {
    self.policy = policy
    self.checkpoint = checkpoint
    self.output = output
  }
}
