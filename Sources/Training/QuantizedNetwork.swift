package import Datasets
package import Evaluation
package import HardwareModel
package import Networks
import Quantization
import RandomNumbers
import Tensors

/// A network run as if its weights and layer inputs were stored in few bits.
///
/// Values are rounded to their grids and kept as floats ("fake quantization"), which gives the
/// numbers that integer arithmetic with the same scales would give, up to float rounding.
package final class QuantizedNetwork {
  private let network: FloatNetwork
  private let scheme: QuantizationScheme
  private let execution: GraphExecution
  private var roundedWeights: [QuantizationScheme.LayerWidth: Tensor] = [:]

  /// Throws `TorchError` when memory runs out.
  package init(_ network: FloatNetwork, scheme: QuantizationScheme) throws {
    self.network = network
    self.scheme = scheme
    execution = try GraphExecution(scheme.graphWithoutRepeatedClamps())
  }

  /// Accuracy and loss under a policy, as calibrated; and what the questions ask.
  package func measure(
    _ policy: Policy, on images: LabelledImages, _ questions: Measurement.Questions = .init()
  ) throws -> EvaluationResult {
    let grids = try scheme.grids(for: policy)
    let weights = try roundedWeights(for: policy, grids: grids)
    return try Measurement.measure(images, questions) { images in
      try execution.scores(of: images) { node, input in
        let rounded = try input.rounded(toInputs: grids[node.name]!)
        return try node.product(
          rounded, weight: weights[node.name]!, bias: network.parameters[node.name].bias)
      }
    }
  }

  /// Accuracy and loss under a policy after brief training with the straight-through estimator.
  ///
  /// Scales stay as calibrated; weights and biases move. This network is left as it was.
  package func measure(
    _ policy: Policy, fineTuned options: FineTuning, with training: LabelledImages, on images: LabelledImages,
    _ questions: Measurement.Questions = .init()
  ) throws -> EvaluationResult {
    let grids = try scheme.grids(for: policy)
    let tuned = try fineTune(grids: grids, options: options, training: training)
    return try Measurement.measure(images, questions) {
      try scores(of: $0, grids: grids, parameters: tuned)
    }
  }

  /// The grids of a policy by layer name, and the weights on them.
  ///
  /// - Parameter checkpoint: A file of `FullFineTuning` under the same policy, whose weights are taken; nil takes the network's own.
  /// - Throws: `FineTuningCheckpoint.Mismatch` when the file belongs to another network or policy.
  package func rounded(
    _ policy: Policy, checkpoint: String? = nil
  ) throws -> (grids: [String: LayerGrids], weights: [String: LayerWeights]) {
    let grids = try scheme.grids(for: policy)
    let session = try beginTraining(policy)
    if let checkpoint {
      try FineTuningCheckpoint.File(path: checkpoint)
        .restoreWeights(network: session.name, policy: policy, into: session.weights + session.others)
    }
    let weights = try withoutGradients {
      try zip(network.network.layers, zip(session.weights, session.others)).map { layer, tensors in
        let rounded = try tensors.0.rounded(toWeights: grids[layer.name]!)
        return (layer.name, LayerWeights(weight: try rounded.values(), bias: try tensors.1.values()))
      }
    }
    return (grids, Dictionary(uniqueKeysWithValues: weights))
  }

  /// The tensors that full fine-tuning moves, and the network that reads them.
  struct TrainingSession {
    /// The network's name.
    let name: String
    /// Those that weight decay applies to.
    let weights: [Tensor]
    let others: [Tensor]
    let scores: (Tensor) throws -> Tensor
    /// The float graph with the weights as they now are.
    let graph: () throws -> Graph
  }

  /// Copies of the weights, to be trained under a policy; this network is left as it was.
  func beginTraining(_ policy: Policy) throws -> TrainingSession {
    let grids = try scheme.grids(for: policy)
    let parameters = try network.parameters.copy()
    let layers = network.network.layers.map(\.name)
    return TrainingSession(
      name: network.graph.name, weights: layers.map { parameters[$0].weight },
      others: layers.map { parameters[$0].bias },
      scores: { try self.scores(of: $0, grids: grids, parameters: parameters) },
      graph: {
        var graph = self.network.graph
        for name in layers {
          graph.weights[name] = LayerWeights(
            weight: try parameters[name].weight.values(), bias: try parameters[name].bias.values())
        }
        return graph
      })
  }

  private static let batchSize = 64

  private func fineTune(
    grids: [String: LayerGrids], options: FineTuning, training: LabelledImages
  ) throws -> LayerParameters {
    let parameters = try network.parameters.copy()
    let tensors = network.network.layers.flatMap { [parameters[$0.name].weight, parameters[$0.name].bias] }
    let optimizer = try StochasticGradientDescent([.init(tensors, weightDecay: 0)], momentum: 0.9)
    var generator = SeededGenerator(seed: options.seed)
    var order = SampleOrder(count: training.count)
    let steps = (options.samples - 1) / Self.batchSize + 1
    let schedule = CosineSchedule(peak: options.learningRate, steps: steps)
    for step in 0..<steps {
      let batch = try training.batch(at: order.next(Self.batchSize, using: &generator)) { _ in
        .random(training.augmentation, using: &generator)
      }
      let loss = try scores(of: batch.images, grids: grids, parameters: parameters)
        .crossEntropy(with: batch.classes)
      try loss.backward()
      try optimizer.step(rate: schedule.rate(atStep: step))
    }
    return parameters
  }

  private func scores(
    of images: Tensor, grids: [String: LayerGrids], parameters: LayerParameters
  ) throws -> Tensor {
    try execution.scores(of: images) { node, input in
      let grid = grids[node.name]!
      let values = parameters[node.name]
      return try node.product(
        input.rounded(toInputs: grid), weight: values.weight.rounded(toWeights: grid), bias: values.bias)
    }
  }

  private func roundedWeights(for policy: Policy, grids: [String: LayerGrids]) throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for (layer, precision) in zip(network.network.layers, policy.precisions) {
      let key = QuantizationScheme.LayerWidth(layer: layer.name, width: precision.weight)
      if roundedWeights[key] == nil {
        roundedWeights[key] = try withoutGradients {
          let grid = grids[layer.name]!
          return try network.parameters[layer.name].weight.rounded(toWeights: grid)
        }
      }
      weights[layer.name] = roundedWeights[key]
    }
    return weights
  }
}

extension Tensor {
  fileprivate func rounded(toInputs grid: LayerGrids) throws -> Tensor {
    try fakeQuantized(scale: grid.activation.scale, codes: grid.activation.codes)
  }

  fileprivate func rounded(toWeights grid: LayerGrids) throws -> Tensor {
    try fakeQuantized(rowScales: grid.weightScales, codes: grid.weightCodes)
  }
}

/// Walks through all samples in random order before any comes again.
private struct SampleOrder {
  private var order: [Int]
  private var used: Int

  init(count: Int) {
    order = Array(0..<count)
    used = count
  }

  mutating func next(_ count: Int, using generator: inout some RandomNumberGenerator) -> [Int] {
    var picked: [Int] = []
    while picked.count < count {
      if used == order.count {
        order.shuffle(using: &generator)
        used = 0
      }
      let taken = min(count - picked.count, order.count - used)
      picked += order[used..<used + taken]
      used += taken
    }
    return picked
  }
}
