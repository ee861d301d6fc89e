internal import CElementwise

/// A number whose arrays the agent can treat element by element, between matrix products.
///
/// The loops are in C, where they become vectors.
package protocol ElementwiseScalar: BinaryFloatingPoint, Sendable {
  /// Sets those of the first `count` values to 0 that are not above 0.
  static func rectify(_ values: inout [Self], count: Int)

  /// Sets `count` deltas from `offset` on to 0 where the activation, from `start` on, is not above 0.
  static func mask(
    _ deltas: inout [Self], from offset: Int, where activations: [Self], from start: Int, count: Int)

  /// Sets `count` results from `offset` on to `factor` times the first values.
  static func scale(
    _ values: [Self], by factor: Self, into results: inout [Self], from offset: Int, count: Int)

  /// Moves every weight along its gradient, and its target towards it.
  static func step(_ weights: inout AdamState<Self>, target: inout [Self], rates: AdamRates)
}

/// How far one step of Adam goes: a weight by scale * mean / (sqrt(square) + epsilon), its target by
/// `pace` of the way to it.
package struct AdamRates {
  var scale: Double
  var epsilon: Double
  var pace: Double
}

/// Weights with their gradient and moments, all of one length.
package struct AdamState<Scalar: Sendable>: Sendable {
  var values: [Scalar]
  var gradient: [Scalar]
  var mean: [Scalar]
  var square: [Scalar]
}

extension Float: ElementwiseScalar {
  package static func rectify(_ values: inout [Float], count: Int) {
    precondition(count <= values.count)
    elementwise_rectify_float(&values, count)
  }

  package static func mask(
    _ deltas: inout [Float], from offset: Int, where activations: [Float], from start: Int, count: Int
  ) {
    precondition(offset + count <= deltas.count && start + count <= activations.count)
    deltas.withUnsafeMutableBufferPointer { deltas in
      activations.withUnsafeBufferPointer {
        elementwise_mask_float(deltas.baseAddress! + offset, $0.baseAddress! + start, count)
      }
    }
  }

  package static func scale(
    _ values: [Float], by factor: Float, into results: inout [Float], from offset: Int, count: Int
  ) {
    precondition(count <= values.count && offset + count <= results.count)
    results.withUnsafeMutableBufferPointer {
      elementwise_scale_float($0.baseAddress! + offset, values, factor, count)
    }
  }

  package static func step(_ weights: inout AdamState<Float>, target: inout [Float], rates: AdamRates) {
    let count = weights.values.count
    precondition(target.count == count && weights.gradient.count == count)
    elementwise_adam_float(
      &weights.values, &weights.mean, &weights.square, &target, weights.gradient, count,
      elementwise_adam(scale: rates.scale, epsilon: rates.epsilon, pace: rates.pace))
  }
}

extension Double: ElementwiseScalar {
  package static func rectify(_ values: inout [Double], count: Int) {
    precondition(count <= values.count)
    elementwise_rectify_double(&values, count)
  }

  package static func mask(
    _ deltas: inout [Double], from offset: Int, where activations: [Double], from start: Int, count: Int
  ) {
    precondition(offset + count <= deltas.count && start + count <= activations.count)
    deltas.withUnsafeMutableBufferPointer { deltas in
      activations.withUnsafeBufferPointer {
        elementwise_mask_double(deltas.baseAddress! + offset, $0.baseAddress! + start, count)
      }
    }
  }

  package static func scale(
    _ values: [Double], by factor: Double, into results: inout [Double], from offset: Int, count: Int
  ) {
    precondition(count <= values.count && offset + count <= results.count)
    results.withUnsafeMutableBufferPointer {
      elementwise_scale_double($0.baseAddress! + offset, values, factor, count)
    }
  }

  package static func step(_ weights: inout AdamState<Double>, target: inout [Double], rates: AdamRates) {
    let count = weights.values.count
    precondition(target.count == count && weights.gradient.count == count)
    elementwise_adam_double(
      &weights.values, &weights.mean, &weights.square, &target, weights.gradient, count,
      elementwise_adam(scale: rates.scale, epsilon: rates.epsilon, pace: rates.pace))
  }
}
