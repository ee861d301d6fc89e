package import Core
package import Evaluation
package import NumberFormats
package import Quantization

extension LayerQuantizers {
  /// The quantizers as the evaluator protocol has them, where scales that are all alike are one.
  ///
  /// - Parameter groupScales: Of the weights, where they are integers in groups.
  package func encoding(of layer: String, at precision: Precision, groupScales: [Float]) -> LayerEncoding {
    LayerEncoding(
      layer: layer, weight: weight.encoding(format: precision.weight, groupScales: groupScales),
      activation: activation.encoding(format: precision.activation, groupScales: []))
  }
}

extension TensorQuantizer {
  fileprivate func encoding(format: BitWidth, groupScales: [Float]) -> TensorEncoding {
    guard case .linear(let scales, let range) = self else {
      // A quantizer that is not linear is that of a format which is no integers.
      return FormatEncoding(format: format, scales: otherScales(groupScales)).map(TensorEncoding.other)!
    }
    return .integers(QuantizerEncoding(bits: format, quantizedRange: range, scales: scales.joinedWhenAlike))
  }

  private func otherScales(_ groupScales: [Float]) -> [Float] {
    switch self {
    case .scaled(_, let scales): scales.joinedWhenAlike
    case .nvfp4(let largest?): [NVFP4Quantizer(largestMagnitude: largest).tensorScale]
    case .integerGroups: groupScales
    case .nvfp4(nil), .linear, .float32, .float16, .bfloat16, .microscaling: []
    }
  }
}

extension [Float] {
  fileprivate var joinedWhenAlike: [Float] { allSatisfy { $0 == self[0] } ? [self[0]] : self }
}

extension IntegerGroupFormat {
  /// The scale of each group of the rows, row by row; 1 for a group of zeros.
  package func scales(of weight: [Float], rows: Int) -> [Float] {
    let length = weight.count / rows
    return (0..<rows).flatMap { row in
      encode(row: Array(weight[row * length..<(row + 1) * length])).map { group in
        let scale = FloatingFormat.float16.decode(UInt32(group.scale))
        return scale > 0 ? scale : 1
      }
    }
  }
}

extension LinearQuantizer {
  /// The quantizer as the evaluator protocol has it.
  package func encoding(bits: BitWidth) -> QuantizerEncoding {
    QuantizerEncoding(bits: bits, quantizedRange: quantizedRange, scales: [scale])
  }
}

extension QuantizerEncoding {
  /// A range of all 2^bits quantized values begins at 0, and its zero point is as far up as the range goes below zero.
  ///
  /// - Parameter quantizedRange: Less the zero point; of at most 16 bits.
  fileprivate init(bits: BitWidth, quantizedRange: ClosedRange<Float>, scales: [Float]) {
    let (lowest, highest) = (Int(quantizedRange.lowerBound), Int(quantizedRange.upperBound))
    // Symmetric ones have one quantized value less.
    let zeroPoint = highest - lowest + 1 == 1 << bits.bits ? -lowest : 0
    self.init(
      bits: bits, lowest: lowest + zeroPoint, highest: highest + zeroPoint, zeroPoint: zeroPoint,
      scales: scales)
  }
}
