package import CTorch

/// Functions of each element, and of two elements side by side.
extension Tensor {
  /// What a function of each element is; its numbers are documented in `ctorch.h`.
  package func activated(
    _ activation: ctorch_activation, _ first: Float = 0, _ second: Float = 0
  ) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_activate(handle, activation, Double(first), Double(second)))
  }

  /// x where positive, else x times the slope.
  package func parametricRelu(slope: Tensor) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_parametric_relu(handle, slope.handle))
  }

  package func combined(with other: Tensor, _ arithmetic: ctorch_arithmetic) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_combine(handle, other.handle, arithmetic))
  }

  /// Products of the matrices in the last two axes; the axes before them broadcast.
  package func matrixProduct(with other: Tensor) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_matrix_product(handle, other.handle))
  }

  package func softmax(axis: Int) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_softmax(handle, Int64(axis), 0))
  }

  package func logSoftmax(axis: Int) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_softmax(handle, Int64(axis), 1))
  }

  /// x * scale + shift by channel, the second axis.
  package func scaled(by scale: Tensor, shift: Tensor) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_scale_and_shift(handle, scale.handle, shift.handle))
  }

  /// Zero mean and unit deviation over the axes that `scale` has.
  package func layerNormalized(scale: Tensor, shift: Tensor?, epsilon: Float) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_layer_norm(handle, scale.handle, shift?.handle, Double(epsilon)))
  }

  /// x / (bias + alpha * mean of squares over `size` neighbouring channels)^beta.
  package func localResponseNormalized(
    size: Int, alpha: Float, beta: Float, bias: Float
  ) throws(TorchError) -> Tensor {
    try Tensor(
      owning: ctorch_local_response_norm(handle, Int64(size), Double(alpha), Double(beta), Double(bias)))
  }
}
