/// A matrix of weights with its gradient and its state of the Adam optimizer.
package struct TrainedMatrix<Scalar: BLASScalar>: Sendable {
  package let rows: Int
  package let columns: Int
  /// Row-major.
  package var values: [Scalar]
  package var gradient: [Scalar]
  private var mean: [Scalar]
  private var square: [Scalar]
  private var steps = 0

  package init(rows: Int, columns: Int, values: [Scalar]) {
    precondition(values.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.values = values
    gradient = Array(repeating: 0, count: values.count)
    mean = gradient
    square = gradient
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
    let scale = Scalar(rate.learning * squareCorrection / meanCorrection)
    let epsilon = Scalar(1e-8 * squareCorrection)
    let pace = Scalar(rate.target)
    let (keepMean, keepSquare) = (Scalar(0.9), Scalar(0.999))
    let (addMean, addSquare) = (Scalar(0.1), Scalar(0.001))
    // Far below epsilon a moment moves nothing, but would decay to slow subnormal numbers.
    let smallest = Scalar(1e-30)
    let count = values.count
    precondition(target.count == count)
    values.withUnsafeMutableBufferPointer { values in
      gradient.withUnsafeBufferPointer { gradient in
        mean.withUnsafeMutableBufferPointer { mean in
          square.withUnsafeMutableBufferPointer { square in
            target.withUnsafeMutableBufferPointer { target in
              for i in 0..<count {
                let slope = gradient[i]
                let newMean = keepMean * mean[i] + addMean * slope
                let newSquare = keepSquare * square[i] + addSquare * slope * slope
                mean[i] = newMean.magnitude < smallest ? 0 : newMean
                square[i] = newSquare < smallest ? 0 : newSquare
                let value = values[i] - scale * newMean / (newSquare.squareRoot() + epsilon)
                values[i] = value
                target[i] += pace * (value - target[i])
              }
            }
          }
        }
      }
    }
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
