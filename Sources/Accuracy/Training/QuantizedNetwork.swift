package import Core
package import Datasets
package import Evaluation
package import Networks
import Quantization
import Tensors

/// A network run as if its weights and layer inputs were stored in few bits, by linear quantizers.
///
/// Values are rounded by their quantizers and kept as floats ("fake quantization"), which gives the
/// numbers that integer arithmetic with the same scales would give, up to float rounding.
package final class QuantizedNetwork: PolicyNetwork {
  private let network: FloatNetwork
  private let scheme: QuantizationScheme
  private let execution: GraphExecution
  private let prefixes: PrefixCache
  private var roundedWeights: [QuantizationScheme.LayerWidth: Tensor] = [:]

  /// Layers that measurements did not run again, because an earlier one had run them alike.
  package var reusedLayers: Int { prefixes.reusedLayers }

  /// Throws `TorchError` when memory runs out.
  package init(_ network: FloatNetwork, scheme: QuantizationScheme) throws {
    self.network = network
    self.scheme = scheme
    let execution = try GraphExecution(scheme.graphWithoutRepeatedClamps())
    self.execution = execution
    prefixes = PrefixCache(positions: network.network.layers.map { execution.position(of: $0.name)! })
  }

  package func measure(
    _ policy: Policy, on images: LabelledImages, _ questions: Measurement.Questions
  ) throws -> EvaluationResult {
    let quantizers = try scheme.quantizers(for: policy)
    let weights = try roundedWeights(for: policy, quantizers: quantizers)
    func product(_ node: Node, _ input: Tensor) throws -> Tensor {
      try node.product(
        input.rounded(toInputs: quantizers[node.name]!), weight: weights[node.name]!,
        bias: network.parameters[node.name].bias)
    }
    func firstNotFinite(_ images: Tensor) throws -> String? {
      try execution.firstLayerReadingNotFinite(of: images, layer: product)
    }
    guard let samples = questions.samples else {
      return try Measurement.measure(images, questions, firstNotFinite: firstNotFinite) {
        try execution.scores(of: $0, layer: product)
      }
    }
    let plan = prefixes.plan(policy, on: samples)
    return try Measurement.measure(images, questions, firstNotFinite: firstNotFinite) { images, first in
      let key = PrefixCache.BatchKey(samples: samples, first: first, count: images.shape[0])
      let (start, saved) = prefixes.start(plan, key)
      return try execution.scores(
        of: images, from: start, saving: saved, { prefixes.save($0, plan, key) }, layer: product)
    }
  }

  /// The quantizers of a policy by layer name, and the weights rounded by them.
  ///
  /// - Parameter checkpoint: A file of `FullFineTuning` under the same policy, whose weights and learned clips are taken; nil takes the network's own.
  /// - Throws: `FineTuningCheckpoint.Mismatch` when the file belongs to another network or policy.
  package func rounded(
    _ policy: Policy, checkpoint: String? = nil
  ) throws -> (quantizers: [String: LayerQuantizers], weights: [String: LayerWeights]) {
    var quantizers = try scheme.quantizers(for: policy)
    var session = try beginTraining(policy, clips: .calibrated)
    if let checkpoint {
      try FineTuningCheckpoint.File(path: checkpoint).restore(network: session.name, policy: policy) {
        clips in
        session = try beginTraining(policy, clips: clips)
        return session.tensors
      }
      for ((layer, precision), clip) in zip(zip(network.network.layers, policy.precisions), session.clips) {
        let clip = try learned(Float(clip.scalar()), of: layer.name, checkpoint: checkpoint)
        let signedness: LinearQuantizer.Signedness =
          quantizers[layer.name]!.activation.quantizedRange.lowerBound < 0 ? .signed : .unsigned
        quantizers[layer.name]!.activation = LinearQuantizer(
          clip: clip, width: precision.activation, signedness: signedness)
      }
    }
    let weights = try withoutGradients {
      try zip(network.network.layers, zip(session.weights, session.others)).map { layer, tensors in
        let rounded = try tensors.0.rounded(toWeights: quantizers[layer.name]!)
        return (layer.name, LayerWeights(weight: try rounded.values(), bias: try tensors.1.values()))
      }
    }
    return (quantizers, Dictionary(uniqueKeysWithValues: weights))
  }

  /// The clip, proven to be one that a quantizer in the network's own graph can have.
  ///
  /// Training runs without the clamps that quantizers repeat, so that a clip above its clamp would mean another network.
  private func learned(_ clip: Float, of layer: String, checkpoint: String) throws -> Float {
    guard clip > 0, clip.isFinite else {
      throw FineTuningCheckpoint.Mismatch(
        path: checkpoint, reason: "the clip that layer \(layer) learned is \(clip), which is not above 0")
    }
    let nodes = network.graph.nodes
    if let input = nodes.first(where: { $0.name == layer })?.inputs[0],
      case .clip(_, let highest)? = nodes.first(where: { $0.output == input })?.operation,
      highest > 0, clip > highest * (1 + 1e-6)
    {
      throw FineTuningCheckpoint.Mismatch(
        path: checkpoint,
        reason:
          "the clip that layer \(layer) learned, \(clip), is above \(highest), where its input is clamped")
    }
    return clip
  }

  /// Learned clips start as calibrated.
  package func beginTraining(_ policy: Policy, clips: ActivationClips) throws -> TrainingSession {
    let quantizers = try scheme.quantizers(for: policy)
    let parameters = try network.parameters.copy()
    let layers = network.network.layers.map(\.name)
    let learned: [String: Tensor] =
      switch clips {
      case .calibrated: [:]
      case .learned:
        try quantizers.mapValues { layer in
          try Tensor([layer.activation.scale * layer.activation.quantizedRange.upperBound], shape: [1])
        }
      }
    return TrainingSession(
      name: network.graph.name, weights: layers.map { parameters[$0].weight },
      others: layers.map { parameters[$0].bias }, clips: layers.compactMap { learned[$0] },
      scores: { images in
        try self.execution.scores(of: images) { node, input in
          let (layer, values) = (quantizers[node.name]!, parameters[node.name])
          let rounded =
            if let clip = learned[node.name] {
              try input.fakeQuantized(clip: clip, quantizedRange: layer.activation.quantizedRange)
            } else {
              try input.rounded(toInputs: layer)
            }
          return try node.product(
            rounded, weight: values.weight.rounded(toWeights: layer), bias: values.bias)
        }
      },
      graph: {
        var graph = self.network.graph
        for name in layers {
          graph.weights[name] = LayerWeights(
            weight: try parameters[name].weight.values(), bias: try parameters[name].bias.values())
        }
        return try graph.clipped(
          learned.mapValues { try Float($0.scalar()) }
        ) { quantizers[$0]!.activation.quantizedRange.lowerBound < 0 }
      })
  }

  private func roundedWeights(for policy: Policy, quantizers: [String: LayerQuantizers]) throws -> [String:
    Tensor]
  {
    var weights: [String: Tensor] = [:]
    for (layer, precision) in zip(network.network.layers, policy.precisions) {
      let key = QuantizationScheme.LayerWidth(layer: layer.name, width: precision.weight)
      if roundedWeights[key] == nil {
        roundedWeights[key] = try withoutGradients {
          let known = quantizers[layer.name]!
          return try network.parameters[layer.name].weight.rounded(toWeights: known)
        }
      }
      weights[layer.name] = roundedWeights[key]
    }
    return weights
  }
}

extension Tensor {
  fileprivate func rounded(toInputs layer: LayerQuantizers) throws -> Tensor {
    try fakeQuantized(scale: layer.activation.scale, quantizedRange: layer.activation.quantizedRange)
  }

  fileprivate func rounded(toWeights layer: LayerQuantizers) throws -> Tensor {
    try fakeQuantized(rowScales: layer.weightScales, quantizedRange: layer.weightRange)
  }
}

extension Graph {
  /// With a clamp before every layer that a clip is given for, so that the clips are part of the network.
  fileprivate func clipped(_ clips: [String: Float], isSigned: (String) -> Bool) -> Graph {
    var graph = self
    graph.nodes = nodes.flatMap { node -> [Node] in
      guard let clip = clips[node.name] else { return [node] }
      let name = "\(node.name).learned_clip"
      let clamp = Node(
        name: name, operation: .clip(lowest: isSigned(node.name) ? -clip : 0, highest: clip),
        inputs: [node.inputs[0]], output: name)
      var layer = node
      layer.inputs[0] = name
      return [clamp, layer]
    }
    return graph
  }
}
