package import Quantization
package import Tensors

extension Tensor {
  /// The numbers that the quantizer's format has nearest to these; the gradient is that of the straight-through
  /// estimator.
  ///
  /// - Parameter axis: Along which values share the scale of a block.
  package func rounded(by quantizer: TensorQuantizer, blocks axis: BlockAxis) throws -> Tensor {
    switch quantizer {
    case .float32: self
    case .linear(let scales, let quantizedRange):
      scales.count == 1
        ? try fakeQuantized(scale: scales[0], quantizedRange: quantizedRange)
        : try fakeQuantized(rowScales: scales, quantizedRange: quantizedRange)
    case .float16: try cast(to: .float16)
    case .bfloat16: try cast(to: .bfloat16)
    case .scaled(let format, let scales): try rounded(to: format, scales: scales)
    case .microscaling(let format): try rounded(to: format, along: axis)
    case .nvfp4(let largest): try roundedToNVFP4(largestMagnitude: largest, along: axis)
    case .integerGroups(let format): try rounded(to: format, along: axis)
    }
  }
}

extension TensorQuantizer {
  /// The rounding of integers that share one scale; nil for other formats.
  var oneScale: Finish.Rounding? {
    guard case .linear(let scales, let quantizedRange) = self, scales.count == 1, scales[0] > 0 else {
      return nil
    }
    return .init(scale: scales[0], quantizedRange: quantizedRange)
  }
}
