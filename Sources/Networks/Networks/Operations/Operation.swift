/// What a node computes.
public enum Operation: Hashable, Sendable {
  case convolution(Convolution)
  case transposedConvolution(TransposedConvolution)
  /// A matrix product with weights of shape `outputs` x inputs, plus a bias.
  case fullyConnected(outputs: Int)
  /// Matrix products of two operands.
  case matrixProduct

  case relu
  case clip(lowest: Float, highest: Float)
  case activation(Activation)
  /// x where positive, else x times the second operand.
  case parametricRelu
  /// Element-wise sum of two values.
  case add
  case arithmetic(Arithmetic)

  case pool(Pooling)
  /// Mean over all spatial axes.
  case globalAveragePool
  case reduce(Reduction)
  case resize(Resizing)

  /// Batch x everything else.
  case flatten
  case reshape(to: TensorShape)
  case transpose([Int])
  case concatenate(axis: Int)
  case slice(Slice)
  case pad(Padding)
  case select(Selection)
  /// The value repeated along axes of extent 1.
  case expand(to: TensorShape)

  case softmax(axis: Int)
  case logSoftmax(axis: Int)
  /// x * scale + shift by channel, which is all that is left of a batch normalisation in inference.
  case scaleAndShift
  case layerNormalization(axis: Int, epsilon: Float)
  case localResponseNormalization(LocalResponse)
  case fakeQuantize(FakeQuantization)

  /// The largest of each square window.
  public static func maxPool(kernel: Int, stride: Int, padding: Int) -> Operation {
    .pool(Pooling(.maximum, Window(kernel: kernel, stride: stride, padding: padding)))
  }
}

extension Operation {
  /// The shape of the result, once the operands have passed all checks.
  func shape(of operands: Operands) throws -> TensorShape {
    switch self {
    case .convolution(let convolution): return try convolution.shape(of: operands)
    case .transposedConvolution(let convolution): return try convolution.shape(of: operands)
    case .fullyConnected(let outputs): return try MatrixProduct.fullyConnected(outputs: outputs, operands)
    case .matrixProduct: return try MatrixProduct.batched(operands)
    case .relu, .activation: return try unary(operands)
    case .clip(let lowest, let highest):
      guard lowest <= highest else {
        throw operands.illegal(
          "limits", "\(lowest) and \(highest)", expected: "a lower limit that is not above the upper one")
      }
      return try unary(operands)
    case .add, .arithmetic: return try binary(operands)
    case .parametricRelu:
      guard try binary(operands) == operands.first else {
        throw operands.illegal(expected: "slopes that can be repeated to the shape of the input")
      }
      return operands.first
    case .pool(let pooling): return try pooling.shape(of: operands)
    case .globalAveragePool:
      try operands.check(count: 1...1)
      let axes = try operands.spatialExtents()
      return TensorShape(operands.first.dimensions.prefix(2) + axes.map { _ in Dimension(1) })
    case .reduce(let reduction): return try reduction.shape(of: operands)
    case .resize(let resizing): return try resizing.shape(of: operands)
    case .flatten: return try ShapeOperation.flatten(operands)
    case .reshape(let shape): return try ShapeOperation.reshape(to: shape, operands)
    case .transpose(let order): return try ShapeOperation.transpose(order, operands)
    case .concatenate(let axis): return try ShapeOperation.concatenate(axis: axis, operands)
    case .slice(let slice): return try slice.shape(of: operands)
    case .pad(let padding): return try padding.shape(of: operands)
    case .select(let selection): return try selection.shape(of: operands)
    case .expand(let shape): return try ShapeOperation.expand(to: shape, operands)
    case .softmax(let axis), .logSoftmax(let axis):
      try operands.check(count: 1...1)
      try operands.check(axis: axis)
      guard !operands.first.dimensions[axis].isPerSample else {
        throw operands.illegal(expected: "an axis without the batch, whose samples do not mix")
      }
      return operands.first
    case .scaleAndShift: return try Normalization.scaleAndShift(operands)
    case .layerNormalization(let axis, _): return try Normalization.layer(axis: axis, operands)
    case .localResponseNormalization(let response):
      return try Normalization.localResponse(response, operands)
    case .fakeQuantize(let quantizer):
      guard quantizer.scale > 0, quantizer.scale.isFinite else {
        throw operands.illegal("scale", quantizer.scale, expected: "a positive number")
      }
      return try unary(operands)
    }
  }

  private func unary(_ operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    return operands.first
  }

  private func binary(_ operands: Operands) throws -> TensorShape {
    try operands.check(count: 2...2)
    return try operands.first.broadcast(with: operands.second, operands)
  }
}
