/// A function of each element.
public enum Activation: Hashable, Sendable {
  case sigmoid
  /// clamp(slope * x + offset, 0, 1).
  case hardSigmoid(slope: Float, offset: Float)
  /// x * clamp(x / 6 + 1 / 2, 0, 1).
  case hardSwish
  /// x * sigmoid(scale * x).
  case swish(scale: Float)
  /// x where positive, else slope * x.
  case leakyRelu(slope: Float)
  /// x where positive, else scale * (exp(x) - 1).
  case elu(scale: Float)
  /// x * Phi(x), exactly or by its approximation with tanh (Hendrycks, Gimpel, arXiv:1606.08415).
  case gelu(isApproximate: Bool)
  case erf
  case tanh
  /// log(1 + exp(x)).
  case softplus
  case exponential
  case logarithm
  case squareRoot
  case reciprocal
  case negate
  case absolute
  case floor
  case ceil
  /// To the nearest integer, ties to the even one.
  case round
  /// -1, 0 or 1.
  case sign
  case sine
  case cosine
  /// x where it is above the limit, else 0.
  case thresholdedRelu(limit: Float)
}

/// A function of two elements; shapes broadcast.
public enum Arithmetic: Hashable, Sendable {
  case subtract
  case multiply
  case divide
  case power
  case minimum
  case maximum
}
