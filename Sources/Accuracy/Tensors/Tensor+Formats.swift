import CTorch
package import NumberFormats

/// Rounding to the numbers of a format, with the straight-through estimator; the bits are those of `NumberFormats`.
extension Tensor {
  /// Which neighbours share the scale of a block.
  package enum BlockAxis: Hashable, Sendable {
    /// Along one axis, at each position of the others.
    case axis(Int)
    /// Everything behind the first axis, as one row in row-major order.
    case rows

    fileprivate var number: Int64 {
      switch self {
      case .axis(let axis): Int64(axis)
      case .rows: -1
      }
    }
  }

  /// As a cast to `fp16` or `bf16` does; the gradient passes.
  package func cast(to format: SixteenBits) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_round_cast(handle, format == .bfloat16 ? 1 : 0))
  }

  /// The floats of 16 bits.
  package enum SixteenBits: Hashable, Sendable {
    case float16
    case bfloat16
  }

  /// `scale * nearest(x / scale)`, saturating; the gradient passes inside the range.
  ///
  /// - Parameter scales: One, or one for each index of the first axis.
  package func rounded(to format: FloatingFormat, scales: [Float]) throws(TorchError) -> Tensor {
    try Tensor(
      owning: ctorch_round_scaled(handle, scales, Int64(scales.count), ctorch_floats(format)))
  }

  /// Blocks of 32 with a power of two as their scale; the gradient passes.
  package func rounded(to format: MicroscalingFormat, along axis: BlockAxis) throws(TorchError) -> Tensor {
    try rounded(
      ctorch_blocks(
        kind: CTORCH_MICROSCALING, length: Int64(MicroscalingFormat.blockLength),
        element: ctorch_floats(format.element), largest_exponent: Int32(format.element.largestExponent),
        largest_magnitude: 0), along: axis)
  }

  /// Blocks of 16 with a scale in `fp8-e4m3`; the gradient passes.
  ///
  /// - Parameter largestMagnitude: What the scale of the tensor is chosen for; nil takes that of these values.
  package func roundedToNVFP4(
    largestMagnitude: Float? = nil, along axis: BlockAxis
  ) throws(TorchError) -> Tensor {
    try rounded(
      ctorch_blocks(
        kind: CTORCH_NVFP4, length: Int64(NVFP4Quantizer.blockLength),
        element: ctorch_floats(.float4E2M1), largest_exponent: 0, largest_magnitude: largestMagnitude ?? 0),
      along: axis)
  }

  /// Integers that share a scale with the others of their group; the gradient passes.
  package func rounded(to format: IntegerGroupFormat, along axis: BlockAxis) throws(TorchError) -> Tensor {
    let element = ctorch_floats(
      fraction_bits: 0, smallest_exponent: 0, largest: Float(format.range.upperBound), has_nan: 0)
    return try rounded(
      ctorch_blocks(
        kind: CTORCH_INTEGER_GROUPS, length: Int64(format.length.rawValue), element: element,
        largest_exponent: 0, largest_magnitude: 0), along: axis)
  }

  private func rounded(_ blocks: ctorch_blocks, along axis: BlockAxis) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_round_blocks(handle, axis.number, blocks))
  }
}

extension ctorch_floats {
  fileprivate init(_ format: FloatingFormat) {
    self.init(
      fraction_bits: Int32(format.fractionBits), smallest_exponent: Int32(format.smallestNormal.exponent),
      largest: format.largestFinite, has_nan: format.specialCodes == .none ? 0 : 1)
  }
}
