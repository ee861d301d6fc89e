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
  ) -> FoldedTensor? {
    let first = inputs[0]
    switch operation {
    case .relu: return first.mapFloats { max($0, 0) }
    case .clip(let lowest, let highest): return first.mapFloats { min(max($0, lowest), highest) }
    case .activation(let activation): return first.mapFloats { activation($0) }
    case .parametricRelu:
      return first.applying(Binary(floats: { $0 >= 0 ? $0 : $0 * $1 }, integers: { _, _ in nil }), inputs[1])
    case .add: return first.applying(.add, inputs[1])
    case .arithmetic(let arithmetic): return first.applying(arithmetic.binary, inputs[1])
    case .reduce(let reduction):
      return first.reduced(reduction.kind, axes: reduction.axes, keepsAxes: reduction.keepsAxes)
    case .flatten, .reshape: return first.reshaped(to: extents)
    case .transpose(let order): return first.transposed(order)
    case .concatenate(let axis): return concatenated(inputs, axis: axis)
    case .slice(let slice):
      let indices = Array(stride(from: slice.start, to: slice.end, by: slice.step))
      return first.selected(axis: slice.axis, indices: indices, extents: [indices.count])
    case .select(let selection):
      return first.selected(
        axis: selection.axis, indices: selection.indices, extents: selection.extents)
    case .expand: return first.broadcast(to: extents)
    case .pad(let padding): return first.padded(padding, to: extents)
    case .softmax(let axis): return first.softmax(axis: axis)
    case .logSoftmax(let axis): return first.softmax(axis: axis)?.mapFloats { log($0) }
    case .matrixProduct: return first.matrixProduct(with: inputs[1])
    case .fakeQuantize(let quantizer): return first.mapFloats { quantizer($0) }
    default: return nil
    }
  }

  private func padded(_ padding: Padding, to target: [Int]) -> FoldedTensor? {
    guard let floats else { return nil }
    let (strides, result) = (Self.strides(of: extents), Self.strides(of: target))
    let values = (0..<target.reduce(1, *)).map { index -> Float in
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
    return FoldedTensor(extents: target, floats: values)
  }

  private func softmax(axis: Int) -> FoldedTensor? {
    guard let greatest = reduced(.maximum, axes: [axis], keepsAxes: true),
      let powers = applying(.subtract, greatest)?.mapFloats({ exp($0) }),
      let sums = powers.reduced(.sum, axes: [axis], keepsAxes: true)
    else { return nil }
    return powers.applying(.divide, sums)
  }

  /// Of the matrices in the last two axes, as sums of products in double precision.
  private func matrixProduct(with other: FoldedTensor) -> FoldedTensor? {
    let (rows, inner) = (extents[extents.count - 2], extents[extents.count - 1])
    let columns = other.extents[other.extents.count - 1]
    guard let batch = Self.broadcast(Array(extents.dropLast(2)), Array(other.extents.dropLast(2))),
      let left = broadcast(to: batch + [rows, inner])?.floats,
      let right = other.broadcast(to: batch + [inner, columns])?.floats
    else { return nil }
    let count = batch.reduce(1, *)
    // What takes longer than a moment is left to the running network.
    guard count * rows * inner * columns <= 1 << 28 else { return nil }
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
    return FoldedTensor(extents: batch + [rows, columns], floats: values)
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
