import Core
import Foundation
package import Networks
package import Tensors

/// A graph in training from scratch: every convolution is followed by batch normalisation.
///
/// Source: Ioffe, Szegedy, "Batch normalization", ICML 2015. The normalisation exists in training
/// alone; `folded()` gives the graph with its effect in weights and biases.
package final class BatchNormalizedNetwork {
  fileprivate struct Convolution {
    var weight: Tensor
    var scale: Tensor
    var shift: Tensor
    var runningMean: Tensor
    var runningVariance: Tensor
  }

  private static let momentum = 0.1
  fileprivate static let epsilon = 1e-5

  private let graph: Graph
  private let network: Network
  private let execution: GraphExecution
  private var convolutions: [String: Convolution] = [:]
  private var classifiers: [String: LayerParameters.Values] = [:]

  /// Random weights: normal with variance 2 / fan-out (He et al., ICCV 2015), classifiers with deviation 0.01.
  package init(_ graph: Graph, using generator: inout some RandomNumberGenerator) throws {
    self.graph = graph
    network = try graph.network()
    execution = try GraphExecution(graph)
    let extents = try graph.weightExtents()
    for layer in network.layers {
      let channels = layer.outputChannels
      if layer.kind == .fullyConnected {
        classifiers[layer.name] = .init(
          weight: try Tensor(
            .normal(layer.weightCount, deviation: 0.01, using: &generator), shape: extents[layer.name]!),
          bias: try Tensor(Array(repeating: 0, count: channels), shape: [channels]))
        continue
      }
      let fanOut = Float(channels / layer.groups * layer.kernel.area)
      let weight = [Float].normal(layer.weightCount, deviation: (2 / fanOut).squareRoot(), using: &generator)
      convolutions[layer.name] = Convolution(
        weight: try Tensor(weight, shape: extents[layer.name]!),
        scale: try Tensor(Array(repeating: 1, count: channels), shape: [channels]),
        shift: try Tensor(Array(repeating: 0, count: channels), shape: [channels]),
        runningMean: try Tensor(Array(repeating: 0, count: channels), shape: [channels]),
        runningVariance: try Tensor(Array(repeating: 1, count: channels), shape: [channels]))
    }
  }

  /// What the optimiser moves: weights with decay; normalisation and biases without.
  package func parameterGroups(weightDecay: Double) -> [StochasticGradientDescent.Group] {
    let layers = network.layers.map(\.name)
    let normalized = layers.compactMap { convolutions[$0] }
    let plain = layers.compactMap { classifiers[$0] }
    return [
      .init(normalized.map(\.weight) + plain.map(\.weight), weightDecay: weightDecay),
      .init(normalized.flatMap { [$0.scale, $0.shift] } + plain.map(\.bias), weightDecay: 0),
    ]
  }

  /// Class scores with batch statistics, which also move the running ones.
  package func trainingScores(of images: Tensor) throws -> Tensor {
    try execution.scores(of: images) { node, input in
      guard let layer = convolutions[node.name] else {
        let classifier = classifiers[node.name]!
        return try node.product(input, weight: classifier.weight, bias: classifier.bias)
      }
      return try node.product(input, weight: layer.weight, bias: nil).batchNormalized(
        scale: layer.scale, shift: layer.shift, runningMean: layer.runningMean,
        runningVariance: layer.runningVariance, momentum: Self.momentum, epsilon: Self.epsilon)
    }
  }

  /// The graph with running statistics folded into weights and biases.
  package func folded() throws -> Graph {
    var folded = graph
    for layer in network.layers {
      if let classifier = classifiers[layer.name] {
        folded.weights[layer.name] = LayerWeights(
          weight: try classifier.weight.values(), bias: try classifier.bias.values())
      } else if let convolution = convolutions[layer.name] {
        folded.weights[layer.name] = try convolution.folded(rows: layer.outputChannels)
      }
    }
    return folded
  }
}

extension BatchNormalizedNetwork.Convolution {
  /// y = scale * (w x - mean) / sqrt(variance + epsilon) + shift, as one weight and one bias.
  func folded(rows: Int) throws -> LayerWeights {
    let (scale, shift) = (try scale.values(), try shift.values())
    let (mean, variance) = (try runningMean.values(), try runningVariance.values())
    var weight = try weight.values()
    let length = weight.count / rows
    let factors = (0..<rows).map {
      scale[$0] / (variance[$0] + Float(BatchNormalizedNetwork.epsilon)).squareRoot()
    }
    for index in weight.indices { weight[index] *= factors[index / length] }
    return LayerWeights(weight: weight, bias: (0..<rows).map { shift[$0] - mean[$0] * factors[$0] })
  }
}

extension [Float] {
  /// Normally distributed numbers by the method of Box and Muller (1958).
  fileprivate static func normal(
    _ count: Int, deviation: Float, using generator: inout some RandomNumberGenerator
  ) -> [Float] {
    (0..<count).map { _ in
      let radius = (-2 * log(Float.random(in: Float.leastNormalMagnitude..<1, using: &generator)))
        .squareRoot()
      return deviation * radius * cos(2 * .pi * Float.random(in: 0..<1, using: &generator))
    }
  }
}
