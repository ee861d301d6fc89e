package import Core
package import Evaluation
package import Quantization

extension LayerQuantizers {
  /// The quantizers as the evaluator protocol has them, where scales that are all alike are one.
  package func encoding(of layer: String, at precision: Precision) -> LayerEncoding {
    let isOneScale = weightScales.allSatisfy { $0 == weightScales[0] }
    return LayerEncoding(
      layer: layer,
      weight: QuantizerEncoding(
        bits: precision.weight, quantizedRange: weightRange,
        scales: isOneScale ? [weightScales[0]] : weightScales),
      activation: activation.encoding(bits: precision.activation))
  }
}

extension LinearQuantizer {
  /// The quantizer as the evaluator protocol has it.
  package func encoding(bits: BitWidth) -> QuantizerEncoding {
    QuantizerEncoding(bits: bits, quantizedRange: quantizedRange, scales: [scale])
  }
}

extension QuantizerEncoding {
  /// Quantized values are integers of at most 16 bits.
  fileprivate init(bits: BitWidth, quantizedRange: ClosedRange<Float>, scales: [Float]) {
    self.init(
      bits: bits, lowest: Int(quantizedRange.lowerBound), highest: Int(quantizedRange.upperBound),
      scales: scales)
  }
}
