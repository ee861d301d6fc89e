public import Core
import Evaluation

/// The bytes that a quantized network's parameters take when every quantized value has just the bits of its width.
public struct PackedSize: Hashable, Sendable {
  public var layers: [Layer]

  /// One layer's parameters; quantized values of one layer are packed together and end at a whole byte.
  public struct Layer: Hashable, Sendable {
    public var name: String
    public var precision: Precision
    public var weightCount: Int
    public var scaleCount: Int
    public var biasCount: Int

    /// Bits times weights, up to whole bytes.
    public var codeBytes: Int { (weightCount * precision.weight.bits + 7) / 8 }
    /// Weight scales are 32-bit floats.
    public var scaleBytes: Int { 4 * scaleCount }
    /// Biases stay 32-bit floats.
    public var biasBytes: Int { 4 * biasCount }
    /// Quantized values and scales: what the weights take.
    public var weightBytes: Int { codeBytes + scaleBytes }
  }

  public init(of quantized: QuantizedGraph) {
    layers = zip(quantized.network.layers, quantized.encodings).map { layer, encoding in
      Layer(
        name: layer.name,
        precision: Precision(weight: encoding.weight.bits, activation: encoding.activation.bits),
        weightCount: layer.weightCount, scaleCount: encoding.weight.scales.count,
        biasCount: layer.outputChannels)
    }
  }
}
