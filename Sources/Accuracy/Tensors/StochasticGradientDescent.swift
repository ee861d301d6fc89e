import CTorch

/// Gradient descent with Nesterov momentum and weight decay.
///
/// Source: Sutskever et al., "On the importance of initialization and momentum in deep
/// learning", ICML 2013, in the form that deep-learning libraries use.
package final class StochasticGradientDescent {
  /// Tensors that share one decay; biases and normalisation are usually not decayed.
  package struct Group {
    package var tensors: [Tensor]
    package var weightDecay: Double

    package init(_ tensors: [Tensor], weightDecay: Double) {
      self.tensors = tensors
      self.weightDecay = weightDecay
    }
  }

  private let momentum: Double
  private let steps: [(tensor: Tensor, velocity: Tensor, decay: Double)]

  /// Starts at rest, and makes every tensor require a gradient.
  package init(_ groups: [Group], momentum: Double) throws(TorchError) {
    self.momentum = momentum
    var steps: [(tensor: Tensor, velocity: Tensor, decay: Double)] = []
    for group in groups {
      for tensor in group.tensors {
        try tensor.requireGradient()
        steps.append((tensor, try tensor.zeros(), group.weightDecay))
      }
    }
    self.steps = steps
  }

  /// The momentum of every tensor, in the order of the groups, to go on from later.
  package var velocities: [Tensor] { steps.map(\.velocity) }

  /// Moves every tensor against its gradient, then forgets the gradient.
  package func step(rate: Double) throws(TorchError) {
    for (tensor, velocity, decay) in steps {
      guard ctorch_nesterov_step(tensor.handle, velocity.handle, rate, momentum, decay) != 0 else {
        throw TorchError.last
      }
    }
  }
}
