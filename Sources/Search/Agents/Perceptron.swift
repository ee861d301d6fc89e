package import RandomNumbers

/// Two hidden layers of rectified linear units and one linear output, for a batch of rows.
///
/// Biases are the last row of each weight matrix, multiplied by a constant last column of
/// ones in each layer's input. All working memory is allocated once.
package final class Perceptron<Scalar: BLASScalar> {
  package let inputs: Int
  package let hidden1: Int
  package let hidden2: Int
  package let batch: Int
  /// Weights (inputs + 1) x hidden1, (hidden1 + 1) x hidden2 and (hidden2 + 1) x 1.
  package var layers: [TrainedMatrix<Scalar>]
  /// Row-major batch x (inputs + 1); the last column stays 1.
  package var input: [Scalar]
  /// One per row.
  package private(set) var output: [Scalar]
  private var activation1: [Scalar]
  private var activation2: [Scalar]
  /// Derivatives of the loss by what the hidden units receive.
  private var delta1: [Scalar]
  private var delta2: [Scalar]

  /// Weights and biases are uniform in ±1 / sqrt(fan-in), the default of the paper's framework.
  ///
  /// - Parameter embeddings: How many inputs each linear embedding of the first layer reads. The
  ///   embeddings are added, which is one matrix, but each has its own fan-in.
  package init(
    embeddings: [Int], hidden1: Int, hidden2: Int, batch: Int, from source: inout RandomSource
  ) {
    inputs = embeddings.reduce(0, +)
    self.hidden1 = hidden1
    self.hidden2 = hidden2
    self.batch = batch
    func uniform(_ count: Int, fanIn: Int) -> [Scalar] {
      let bound = 1 / Double(fanIn).squareRoot()
      return (0..<count).map { _ in Scalar((2 * source.uniform() - 1) * bound) }
    }
    let first = embeddings.flatMap { uniform($0 * hidden1, fanIn: $0) }
    // Each embedding brings a bias, and only their sum matters.
    let biases = embeddings.map { uniform(hidden1, fanIn: $0) }
    let bias = (0..<hidden1).map { unit in biases.reduce(0) { $0 + $1[unit] } }
    layers = [
      TrainedMatrix(rows: inputs + 1, columns: hidden1, values: first + bias),
      TrainedMatrix(
        rows: hidden1 + 1, columns: hidden2, values: uniform((hidden1 + 1) * hidden2, fanIn: hidden1)),
      TrainedMatrix(rows: hidden2 + 1, columns: 1, values: uniform(hidden2 + 1, fanIn: hidden2)),
    ]
    input = Array(repeating: 1, count: batch * (inputs + 1))
    output = Array(repeating: 0, count: batch)
    activation1 = Array(repeating: 1, count: batch * (hidden1 + 1))
    activation2 = Array(repeating: 1, count: batch * (hidden2 + 1))
    delta1 = Array(repeating: 0, count: batch * hidden1)
    delta2 = Array(repeating: 0, count: batch * hidden2)
  }

  /// Computes `output` for the first `rows` rows of `input`.
  package func forward(rows: Int) {
    Scalar.multiply(
      (rows, hidden1, inputs + 1), Operand(input, stride: inputs + 1),
      Operand(layers[0].values, stride: hidden1), into: &activation1, stride: hidden1 + 1)
    Scalar.rectify(&activation1, count: rows * (hidden1 + 1))
    Scalar.multiply(
      (rows, hidden2, hidden1 + 1), Operand(activation1, stride: hidden1 + 1),
      Operand(layers[1].values, stride: hidden2), into: &activation2, stride: hidden2 + 1)
    Scalar.rectify(&activation2, count: rows * (hidden2 + 1))
    Scalar.multiply(
      (rows, 1, hidden2 + 1), Operand(activation2, stride: hidden2 + 1), Operand(layers[2].values, stride: 1),
      into: &output, stride: 1)
  }

  /// Sets the gradient of every layer, after `forward` with the same rows.
  ///
  /// - Parameter slope: The derivative of the loss by each row's output.
  package func backward(slope: [Scalar], rows: Int) {
    propagate(slope: slope, rows: rows)
    Scalar.multiply(
      (hidden2 + 1, 1, rows), Operand(activation2, stride: hidden2 + 1, .transposed),
      Operand(slope, stride: 1), into: &layers[2].gradient, stride: 1)
    Scalar.multiply(
      (hidden1 + 1, hidden2, rows), Operand(activation1, stride: hidden1 + 1, .transposed),
      Operand(delta2, stride: hidden2), into: &layers[1].gradient, stride: hidden2)
    Scalar.multiply(
      (inputs + 1, hidden1, rows), Operand(input, stride: inputs + 1, .transposed),
      Operand(delta1, stride: hidden1), into: &layers[0].gradient, stride: hidden1)
  }

  /// The derivative of the loss by each row's last input, after `forward` with the same rows.
  ///
  /// Leaves the layers' gradients alone.
  package func slopeOfLastInput(slope: [Scalar], rows: Int, into result: inout [Scalar]) {
    propagate(slope: slope, rows: rows)
    Scalar.multiply(
      (rows, 1, hidden1), Operand(delta1, stride: hidden1),
      Operand(layers[0].values, from: (inputs - 1) * hidden1, stride: 1), into: &result, stride: 1)
  }

  private func propagate(slope: [Scalar], rows: Int) {
    for row in 0..<rows {
      Scalar.scale(layers[2].values, by: slope[row], into: &delta2, from: row * hidden2, count: hidden2)
    }
    mask(&delta2, columns: hidden2, rows: rows, where: activation2)
    Scalar.multiply(
      (rows, hidden1, hidden2), Operand(delta2, stride: hidden2),
      Operand(layers[1].values, stride: hidden2, .transposed), into: &delta1, stride: hidden1)
    mask(&delta1, columns: hidden1, rows: rows, where: activation1)
  }

  /// Units that gave nothing pass nothing back; activations have one more column than deltas.
  private func mask(_ deltas: inout [Scalar], columns: Int, rows: Int, where activations: [Scalar]) {
    for row in 0..<rows {
      Scalar.mask(
        &deltas, from: row * columns, where: activations, from: row * (columns + 1), count: columns)
    }
  }
}
