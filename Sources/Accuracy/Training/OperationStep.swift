import CTorch
import Core
import Networks
import NumberFormats
import Tensors

/// One operation without weights on the tensors that it reads.
struct OperationStep {
  let inputs: [Tensor]
  /// The extents of the result.
  let shape: [Int]
  /// Whether nothing else needs the first input.
  let mayOverwrite: Bool

  func run(_ operation: Networks.Operation) throws -> Tensor {
    let input = inputs[0]
    switch operation {
    case .convolution, .transposedConvolution, .fullyConnected:
      preconditionFailure("the caller computes layers")
    case .matrixProduct: return try input.matrixProduct(with: inputs[1])
    case .relu: return try input.clamped(from: 0, to: .infinity, overwriting: mayOverwrite)
    case .clip(let lowest, let highest):
      return try input.clamped(from: lowest, to: highest, overwriting: mayOverwrite)
    case .activation(let activation): return try run(activation)
    case .parametricRelu: return try input.parametricRelu(slope: inputs[1])
    case .add: return try input.adding(inputs[1])
    case .arithmetic(let arithmetic): return try input.combined(with: inputs[1], arithmetic.kind)
    case .pool(let pooling): return try run(pooling)
    case .globalAveragePool: return try input.meanPooled()
    case .reduce(let reduction):
      return try input.reduced(reduction.kind.kind, axes: reduction.axes, keepsAxes: reduction.keepsAxes)
    case .resize(let resizing): return try run(resizing)
    case .flatten: return try input.flattened()
    case .reshape: return try input.reshaped(to: shape)
    case .transpose(let order): return try input.transposed(order)
    case .concatenate(let axis): return try Tensor.concatenated(inputs, axis: axis)
    case .slice(let slice):
      return try input.sliced(axis: slice.axis, from: slice.start, to: slice.end, by: slice.step)
    case .pad(let padding): return try run(padding)
    case .select(let selection):
      return try input.selected(axis: selection.axis, indices: selection.indices).reshaped(to: shape)
    case .expand: return try input.expanded(to: shape)
    case .softmax(let axis): return try input.softmax(axis: axis)
    case .logSoftmax(let axis): return try input.logSoftmax(axis: axis)
    case .scaleAndShift: return try input.scaled(by: inputs[1], shift: inputs[2])
    case .layerNormalization(_, let epsilon):
      return try input.layerNormalized(
        scale: inputs[1], shift: inputs.count > 2 ? inputs[2] : nil, epsilon: epsilon)
    case .localResponseNormalization(let response):
      return try input.localResponseNormalized(
        size: response.size, alpha: response.alpha, beta: response.beta, bias: response.bias)
    case .fakeQuantize(let quantizer): return try run(quantizer)
    }
  }

  private func run(_ pooling: Pooling) throws -> Tensor {
    let window = SlidingWindow(pooling.window)
    let outputs = Array(shape.dropFirst(2))
    switch pooling.kind {
    case .maximum: return try inputs[0].maxPooled(window, outputs: outputs)
    case .mean(let countsPadding):
      return try inputs[0].meanPooled(window, outputs: outputs, countsPadding: countsPadding)
    }
  }

  private func run(_ padding: Padding) throws -> Tensor {
    let (kind, value): (ctorch_padding, Float) =
      switch padding.content {
      case .constant(let value): (CTORCH_PAD_CONSTANT, value)
      case .reflection: (CTORCH_PAD_REFLECT, 0)
      case .edge: (CTORCH_PAD_EDGE, 0)
      }
    return try inputs[0].padded(before: padding.before, after: padding.after, kind, value: value)
  }

  /// (clamp(round(x / s) + z) - z) * s is a quantizer whose quantized values are moved by the zero point.
  private func run(_ quantizer: FakeQuantization) throws -> Tensor {
    switch quantizer.floats {
    case .float16?: return try inputs[0].cast(to: .float16)
    case .bfloat16?: return try inputs[0].cast(to: .bfloat16)
    case let floats?: return try inputs[0].rounded(to: floats, scales: [quantizer.scale])
    case nil: break
    }
    let (lowest, highest) = (quantizer.quantizedRange.lowerBound, quantizer.quantizedRange.upperBound)
    return try inputs[0].fakeQuantized(
      scale: quantizer.scale, quantizedRange: lowest - quantizer.zeroPoint...highest - quantizer.zeroPoint)
  }

  private func run(_ activation: Activation) throws -> Tensor {
    let input = inputs[0]
    return switch activation {
    case .sigmoid: try input.activated(CTORCH_SIGMOID)
    case .hardSigmoid(let slope, let offset): try input.activated(CTORCH_HARD_SIGMOID, slope, offset)
    case .hardSwish: try input.activated(CTORCH_HARD_SWISH)
    case .swish(let scale): try input.activated(CTORCH_SWISH, scale)
    case .leakyRelu(let slope): try input.activated(CTORCH_LEAKY_RELU, slope)
    case .elu(let scale): try input.activated(CTORCH_ELU, scale)
    case .gelu(let isApproximate): try input.activated(isApproximate ? CTORCH_GELU_TANH : CTORCH_GELU)
    case .erf: try input.activated(CTORCH_ERF)
    case .tanh: try input.activated(CTORCH_TANH)
    case .softplus: try input.activated(CTORCH_SOFTPLUS)
    case .exponential: try input.activated(CTORCH_EXP)
    case .logarithm: try input.activated(CTORCH_LOG)
    case .squareRoot: try input.activated(CTORCH_SQRT)
    case .reciprocal: try input.activated(CTORCH_RECIPROCAL)
    case .negate: try input.activated(CTORCH_NEGATE)
    case .absolute: try input.activated(CTORCH_ABSOLUTE)
    case .floor: try input.activated(CTORCH_FLOOR)
    case .ceil: try input.activated(CTORCH_CEIL)
    case .round: try input.activated(CTORCH_ROUND)
    case .sign: try input.activated(CTORCH_SIGN)
    case .sine: try input.activated(CTORCH_SINE)
    case .cosine: try input.activated(CTORCH_COSINE)
    case .thresholdedRelu(let limit): try input.activated(CTORCH_THRESHOLDED_RELU, limit)
    }
  }
}

extension Arithmetic {
  fileprivate var kind: ctorch_arithmetic {
    switch self {
    case .subtract: CTORCH_SUBTRACT
    case .multiply: CTORCH_MULTIPLY
    case .divide: CTORCH_DIVIDE
    case .power: CTORCH_POWER
    case .minimum: CTORCH_MINIMUM
    case .maximum: CTORCH_MAXIMUM
    }
  }
}

extension Reduction.Kind {
  fileprivate var kind: ctorch_reduction {
    switch self {
    case .mean: CTORCH_MEAN
    case .sum: CTORCH_SUM
    case .maximum: CTORCH_GREATEST
    case .minimum: CTORCH_LEAST
    case .product: CTORCH_PRODUCT
    }
  }
}
