public import Core
import Evaluation
import NumberFormats

/// The bytes that a quantized network's parameters take when every quantized value has just the bits of its width.
public struct PackedSize: Hashable, Sendable {
  public var layers: [Layer]

  /// One layer's parameters; quantized values of one layer are packed together and end at a whole byte.
  public struct Layer: Hashable, Sendable {
    public var name: String
    public var precision: Precision
    public var weightCount: Int
    /// Of the weights; blocks that share a scale lie within one.
    public var rowCount: Int
    public var scaleCount: Int
    public var biasCount: Int

    /// The weights with the scales that their format stores, up to whole bytes.
    public var codeBytes: Int {
      let bits = precision.weight.format?.bits(rows: rowCount, rowLength: weightCount / max(rowCount, 1))
      return ((bits ?? weightCount * precision.weight.bits) + 7) / 8
    }
    /// Scales outside of the format are 32-bit floats.
    public var scaleBytes: Int { 4 * scaleCount }
    /// Biases stay 32-bit floats.
    public var biasBytes: Int { 4 * biasCount }
    /// Quantized values and scales: what the weights take.
    public var weightBytes: Int { codeBytes + scaleBytes }
  }

  /// Of a policy whose quantizers nobody has chosen.
  ///
  /// - Precondition: the policy has one precision for each layer.
  public init(of network: Network, under policy: Policy, _ granularity: WeightGranularity) {
    layers = zip(network.layers, policy.precisions).map { layer, precision in
      let hasScales = precision.weight.bits <= 8 && precision.weight.format?.blockLength == nil
      let scaleCount = hasScales ? (granularity == .perTensor ? 1 : layer.outputChannels) : 0
      return Layer(
        name: layer.name, precision: precision, weightCount: layer.weightCount,
        rowCount: layer.outputChannels, scaleCount: scaleCount, biasCount: layer.outputChannels)
    }
  }

  public init(of quantized: QuantizedGraph) {
    layers = zip(quantized.network.layers, quantized.encodings).map { layer, encoding in
      Layer(
        name: layer.name,
        precision: Precision(weight: encoding.weight.format, activation: encoding.activation.format),
        weightCount: layer.weightCount, rowCount: layer.outputChannels,
        scaleCount: encoding.weight.outerScaleCount, biasCount: layer.outputChannels)
    }
  }
}

extension TensorEncoding {
  /// Scales that the format itself does not count.
  fileprivate var outerScaleCount: Int {
    switch self {
    case .integers(let quantizer): quantizer.scales.count
    case .other(let encoding):
      if case .floating? = encoding.format.format { encoding.scales.count } else { 0 }
    }
  }
}
