/// A matrix of weights with its gradient and its state of the Adam optimizer.
package struct TrainedMatrix<Scalar: BLASScalar>: Sendable {
  package let rows: Int
  package let columns: Int
  private var state: AdamState<Scalar>
  private var steps = 0

  package init(rows: Int, columns: Int, values: [Scalar]) {
    precondition(values.count == rows * columns)
    self.rows = rows
    self.columns = columns
    let zeros = [Scalar](repeating: 0, count: values.count)
    state = AdamState(values: values, gradient: zeros, mean: zeros, square: zeros)
  }

  /// Row-major.
  package var values: [Scalar] {
    get { state.values }
    _modify { yield &state.values }
  }

  /// Row-major.
  package var gradient: [Scalar] {
    get { state.gradient }
    _modify { yield &state.gradient }
  }

  /// One step of Adam along the gradient, then `target` moves by `rate.target` towards the result.
  ///
  /// Kingma and Ba, "Adam", ICLR 2015, algorithm 1, with its decays 0.9 and 0.999 and epsilon
  /// 1e-8. The soft update rides along because both are bound by memory.
  package mutating func step(rate: (learning: Double, target: Double), target: inout [Scalar]) {
    steps += 1
    let meanCorrection = 1 - power(0.9, steps)
    let squareCorrection = (1 - power(0.999, steps)).squareRoot()
    // rate * (m / c1) / (sqrt(v) / c2 + e) = (rate * c2 / c1) * m / (sqrt(v) + e * c2)
    Scalar.step(
      &state, target: &target,
      rates: AdamRates(
        scale: rate.learning * squareCorrection / meanCorrection, epsilon: 1e-8 * squareCorrection,
        pace: rate.target))
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}

extension TrainedMatrix<Float> {
  var memory: MatrixState {
    MatrixState(
      values: PackedFloats(state.values), mean: PackedFloats(state.mean), square: PackedFloats(state.square),
      steps: steps)
  }

  mutating func restore(_ memory: MatrixState) throws(DDPGState.Unfit) {
    let lengths = [memory.values, memory.mean, memory.square].map(\.values.count)
    guard lengths.allSatisfy({ $0 == rows * columns }), memory.steps >= 0 else { throw DDPGState.Unfit() }
    (state.values, state.mean, state.square) = (
      memory.values.values, memory.mean.values, memory.square.values
    )
    steps = memory.steps
  }
}
