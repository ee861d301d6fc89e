package import Core
package import Evaluation
import Quantization

extension LayerGrids {
  /// The grids as the evaluator protocol has them, where scales that are all alike are one.
  package func encoding(of layer: String, at precision: Precision) -> LayerEncoding {
    let isOneScale = weightScales.allSatisfy { $0 == weightScales[0] }
    return LayerEncoding(
      layer: layer,
      weight: GridEncoding(
        bits: precision.weight, codes: weightCodes, scales: isOneScale ? [weightScales[0]] : weightScales),
      activation: GridEncoding(
        bits: precision.activation, codes: activation.codes, scales: [activation.scale]))
  }
}

extension GridEncoding {
  /// Codes are integers of at most 16 bits.
  fileprivate init(bits: BitWidth, codes: ClosedRange<Float>, scales: [Float]) {
    self.init(bits: bits, lowest: Int(codes.lowerBound), highest: Int(codes.upperBound), scales: scales)
  }
}
