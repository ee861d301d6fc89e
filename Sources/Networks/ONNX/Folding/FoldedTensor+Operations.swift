import Foundation
import Networks

extension FoldedTensor {
  /// What an operation of a graph makes of constants; nil for operations whose results are left to the running network.
  ///
  /// - Parameters:
  ///   - inputs: Floats; as many as the operation reads.
  ///   - extents: Of the result.
  static func result(
    of operation: Operation, on inputs: [FoldedTensor], extents: [Int]
  ) throws -> FoldedTensor? {
    let first = inputs[0]
    switch operation {
    case .relu: return try first.mapFloats { max($0, 0) }
    case .clip(let lowest, let highest): return try first.mapFloats { min(max($0, lowest), highest) }
    case .activation(let activation): return try first.mapFloats { activation($0) }
    case .parametricRelu:
      return try first.applying(
        Binary(floats: { $0 >= 0 ? $0 : $0 * $1 }, integers: { _, _ in nil }), inputs[1])
    case .add: return try first.applying(.add, inputs[1])
    case .arithmetic(let arithmetic): return try first.applying(arithmetic.binary, inputs[1])
    case .reduce(let reduction):
      return try first.reduced(reduction.kind, axes: reduction.axes, keepsAxes: reduction.keepsAxes)
    case .flatten, .reshape: return first.reshaped(to: extents)
    case .transpose(let order): return try first.transposed(order)
    case .concatenate(let axis): return try concatenated(inputs, axis: axis)
    case .slice(let slice):
      let indices = Array(stride(from: slice.start, to: slice.end, by: slice.step))
      return try first.selected(axis: slice.axis, indices: indices, extents: [indices.count])
    case .select(let selection):
      return try first.selected(
        axis: selection.axis, indices: selection.indices, extents: selection.extents)
    case .expand: return try first.broadcast(to: extents)
    case .pad(let padding): return try first.padded(padding, to: extents)
    case .softmax(let axis): return try first.softmax(axis: axis)
    case .logSoftmax(let axis): return try first.softmax(axis: axis)?.mapFloats { log($0) }
    case .matrixProduct: return try first.matrixProduct(with: inputs[1])
    case .fakeQuantize(let quantizer): return try first.mapFloats { quantizer($0) }
    default: return nil
    }
  }

  private func padded(_ padding: Padding, to target: [Int]) throws -> FoldedTensor? {
    guard let floats else { return nil }
    let (strides, result) = (Self.strides(of: extents), Self.strides(of: target))
    func value(at index: Int) -> Float {
      var source = 0
      for axis in target.indices {
        var position = index / result[axis] % target[axis] - padding.before[axis]
        if !(0..<extents[axis]).contains(position) {
          switch padding.content {
          case .constant(let value): return value
          case .edge: position = min(max(position, 0), extents[axis] - 1)
          case .reflection: position = position < 0 ? -position : 2 * (extents[axis] - 1) - position
          }
        }
        source += position * strides[axis]
      }
      return floats[source]
    }
    return try FoldedTensor(
      extents: target, floats: (0..<target.reduce(1, *)).map(value), in: budget)
  }

  private func softmax(axis: Int) throws -> FoldedTensor? {
    guard let greatest = try reduced(.maximum, axes: [axis], keepsAxes: true),
      let powers = try applying(.subtract, greatest)?.mapFloats({ exp($0) }),
      let sums = try powers.reduced(.sum, axes: [axis], keepsAxes: true)
    else { return nil }
    return try powers.applying(.divide, sums)
  }

  /// Of the matrices in the last two axes, as sums of products in double precision.
  private func matrixProduct(with other: FoldedTensor) throws -> FoldedTensor? {
    let (rows, inner) = (extents[extents.count - 2], extents[extents.count - 1])
    let columns = other.extents[other.extents.count - 1]
    guard let batch = Self.broadcast(Array(extents.dropLast(2)), Array(other.extents.dropLast(2))),
      let left = try broadcast(to: batch + [rows, inner])?.floats,
      let right = try other.broadcast(to: batch + [inner, columns])?.floats
    else { return nil }
    let count = batch.reduce(1, *)
    // What takes longer than a moment, also together with others, is left to the running network.
    let (steps, overflow) = left.count.multipliedReportingOverflow(by: columns)
    guard !overflow, steps <= 1 << 28, budget.affords(steps) else { return nil }
    try budget.spend(steps)
    func product() -> [Float] {
      var values: [Float] = []
      values.reserveCapacity(count * rows * columns)
      for index in 0..<count * rows {
        let start = index / rows * inner * columns
        for column in 0..<columns {
          var sum = 0.0
          for position in 0..<inner {
            sum += Double(left[index * inner + position]) * Double(right[start + position * columns + column])
          }
          values.append(Float(sum))
        }
      }
      return values
    }
    return try FoldedTensor(extents: batch + [rows, columns], floats: product(), in: budget)
  }
}

extension Arithmetic {
  fileprivate var binary: FoldedTensor.Binary {
    switch self {
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .power: .power
    case .minimum: .minimum
    case .maximum: .maximum
    }
  }
}

extension Activation {
  /// The function's value; formulas are those of the cases.
  fileprivate func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .sigmoid: 1 / (1 + exp(-x))
    case .hardSigmoid(let slope, let offset): min(max(slope * x + offset, 0), 1)
    case .hardSwish: x * min(max(x / 6 + 0.5, 0), 1)
    case .swish(let scale): x / (1 + exp(-scale * x))
    case .leakyRelu(let slope): x >= 0 ? x : slope * x
    case .elu(let scale): x >= 0 ? x : scale * expm1(x)
    case .gelu(let isApproximate):
      isApproximate
        ? x / 2 * (1 + Foundation.tanh((2 / Float.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        : x / 2 * (1 + Foundation.erf(x / Float(2).squareRoot()))
    case .erf: Foundation.erf(x)
    case .tanh: Foundation.tanh(x)
    case .softplus: log1p(exp(-abs(x))) + max(x, 0)
    case .exponential: exp(x)
    case .logarithm: log(x)
    case .squareRoot: x.squareRoot()
    case .reciprocal: 1 / x
    case .negate: -x
    case .absolute: abs(x)
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .sine: sin(x)
    case .cosine: cos(x)
    case .thresholdedRelu(let limit): x > limit ? x : 0
    }
  }
}
