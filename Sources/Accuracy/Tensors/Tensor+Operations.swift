import CTorch

/// What networks are made of. Unless they say otherwise, functions leave their operands alone; all keep gradients.
extension Tensor {
  /// `self` times the transpose of `weight`, plus `bias`; (..., inputs) to (..., outputs).
  package func multiplied(by weight: Tensor, bias: Tensor) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_linear(handle, weight.handle, bias.handle))
  }

  /// Values below `lowest` or above `highest` become that limit.
  ///
  /// - Parameter overwriting: changes this tensor's memory, which must have no other reader; a pass
  ///   over memory costs as much as a small convolution.
  package func clamped(
    from lowest: Float, to highest: Float, overwriting: Bool = false
  ) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_clamp(handle, Double(lowest), Double(highest), overwriting ? 1 : 0))
  }

  package func adding(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_add(handle, other.handle))
  }

  /// Mean over all spatial axes, which become 1.
  package func meanPooled() throws(TorchError) -> Tensor { try Tensor(owning: ctorch_mean_pool(handle)) }

  /// (batch, everything else).
  package func flattened() throws(TorchError) -> Tensor { try Tensor(owning: ctorch_flatten(handle)) }
}

/// Classification scores against labels.
extension Tensor {
  /// Mean cross-entropy in nats of logits (batch, classes).
  package func crossEntropy(with labels: Tensor, labelSmoothing: Double = 0) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_cross_entropy(handle, labels.handle, labelSmoothing))
  }

  /// Mean cross-entropy in nats of logits with the softmax of other scores, both (batch, classes).
  package func crossEntropy(withProbabilitiesOf scores: Tensor) throws(TorchError) -> Tensor {
    // An argument lives until its function returns, which its handle alone would not make it do.
    try crossEntropy(with: scores.softmax(axis: 1))
  }

  /// Whether each row has its largest score at the label.
  package func areCorrect(against labels: Tensor) throws(TorchError) -> [Bool] {
    var correct = [UInt8](repeating: 0, count: shape[0])
    guard ctorch_correct(handle, labels.handle, &correct, Int64(correct.count)) != 0 else {
      throw TorchError.last
    }
    return correct.map { $0 != 0 }
  }
}

/// Quantization with the straight-through estimator.
extension Tensor {
  /// `scale * clamp(round(x / scale), quantizedRange)`, ties to even; the gradient passes inside the range.
  package func fakeQuantized(scale: Float, quantizedRange: ClosedRange<Float>) throws(TorchError) -> Tensor {
    try Tensor(
      owning: ctorch_fake_quantize(handle, scale, quantizedRange.lowerBound, quantizedRange.upperBound))
  }

  /// The same with one scale for each index of the first dimension.
  package func fakeQuantized(rowScales: [Float], quantizedRange: ClosedRange<Float>) throws(TorchError)
    -> Tensor
  {
    try Tensor(
      owning: ctorch_fake_quantize_rows(
        handle, rowScales, Int64(rowScales.count), quantizedRange.lowerBound, quantizedRange.upperBound))
  }

  /// The same with a clip that is learned: the greatest quantized value stands for `clip`, a tensor of one element.
  ///
  /// Source: Choi et al., "PACT", 2018, equation 3: where x is at least the clip, the gradient goes to the clip instead of
  /// to x; with negative quantized values, it goes there with the other sign where x is at most minus the clip.
  package func fakeQuantized(clip: Tensor, quantizedRange: ClosedRange<Float>) throws(TorchError) -> Tensor {
    try Tensor(
      owning: ctorch_fake_quantize_learned(
        handle, clip.handle, quantizedRange.lowerBound, quantizedRange.upperBound))
  }

  /// The same with steps that are learned: one element for all values, or one for each index of the first dimension.
  ///
  /// Source: Esser et al., "Learned step size quantization", ICLR 2020, equation 3 and section 2.2: the gradient of a step
  /// is scaled by 1 / sqrt(N * the greatest quantized value).
  ///
  /// - Parameter sharing: N, how many weights, or features of one sample, share a step.
  package func fakeQuantized(
    step: Tensor, quantizedRange: ClosedRange<Float>, sharing count: Int
  ) throws(TorchError) -> Tensor {
    let factor = 1 / (Double(count) * Double(quantizedRange.upperBound)).squareRoot()
    return try Tensor(
      owning: ctorch_fake_quantize_step(
        handle, step.handle, quantizedRange.lowerBound, quantizedRange.upperBound, factor))
  }

  /// Adds to `counts` how often |x| falls into each of its equal bins over (0, top]; zeros do not count.
  package func addMagnitudes(to counts: inout [Int64], top: Float) throws(TorchError) {
    guard ctorch_add_magnitudes(handle, top, &counts, Int32(counts.count)) != 0 else { throw TorchError.last }
  }
}

/// Batch normalisation in training.
extension Tensor {
  /// Normalises each channel by this batch's statistics and moves the running ones towards them.
  package func batchNormalized(
    scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor, momentum: Double,
    epsilon: Double
  ) throws(TorchError) -> Tensor {
    try Tensor(
      owning: ctorch_batch_norm(
        handle, scale.handle, shift.handle, runningMean.handle, runningVariance.handle, momentum, epsilon))
  }
}
