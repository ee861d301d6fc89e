package import Core
package import Datasets
package import Evaluation
package import Networks
import Quantization
import Tensors

/// What a network under a policy consists of, by layer name.
package struct RoundedLayers {
  package var quantizers: [String: LayerQuantizers]
  package var weights: [String: LayerWeights] = [:]
  /// Of weights that are integers in groups: a scale for each group, output by output.
  package var groupScales: [String: [Float]] = [:]
}

/// A network run as if its weights and layer inputs were stored in the formats of a policy.
///
/// Values are rounded by their quantizers and kept as floats ("fake quantization"), which gives the
/// numbers that integer arithmetic with the same scales would give, up to float rounding.
package final class QuantizedNetwork: PolicyNetwork {
  private let network: FloatNetwork
  private let scheme: QuantizationScheme
  /// For policies under which every activation is integers: without the clamps that their quantizers repeat.
  private let integers: Run
  /// For all others.
  private let whole: Run
  private var roundedWeights: [QuantizationScheme.LayerWidth: Tensor] = [:]

  /// Layers that measurements did not run again, because an earlier one had run them alike.
  package var reusedLayers: Int { integers.prefixes.reusedLayers + whole.prefixes.reusedLayers }

  /// A graph, and what its runs under several policies have in common.
  private struct Run {
    let execution: GraphExecution
    let prefixes: PrefixCache

    init(_ graph: Graph, layers: [Layer]) throws {
      let execution = try GraphExecution(graph)
      self.execution = execution
      prefixes = PrefixCache(positions: layers.map { execution.position(of: $0.name)! })
    }
  }

  /// Throws `TorchError` when memory runs out.
  package init(_ network: FloatNetwork, scheme: QuantizationScheme) throws {
    self.network = network
    self.scheme = scheme
    integers = try Run(scheme.graphWithoutRepeatedClamps(), layers: network.network.layers)
    whole = try Run(network.graph, layers: network.network.layers)
  }

  private func run(under quantizers: [String: LayerQuantizers]) -> Run {
    quantizers.values.allSatisfy { $0.activation.integers != nil } ? integers : whole
  }

  package func measure(
    _ policy: Policy, on images: LabelledImages, _ questions: Measurement.Questions
  ) throws -> EvaluationResult {
    let quantizers = try scheme.quantizers(for: policy)
    let weights = try roundedWeights(for: policy, quantizers: quantizers)
    let (execution, prefixes) = (run(under: quantizers).execution, run(under: quantizers).prefixes)
    func product(_ node: Node, _ input: Tensor) throws -> Tensor {
      try node.product(
        input.rounded(by: quantizers[node.name]!.activation, blocks: node.inputBlocks(input)),
        weight: weights[node.name]!,
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
  ) throws -> RoundedLayers {
    var quantizers = try scheme.quantizers(for: policy)
    var session = try beginTraining(policy, clips: .calibrated)
    if let checkpoint {
      try FineTuningCheckpoint.File(path: checkpoint).restore(network: session.name, policy: policy) {
        clips in
        session = try beginTraining(policy, clips: clips)
        return session.tensors
      }
      let clipped = zip(network.network.layers, policy.precisions).compactMap { layer, precision in
        quantizers[layer.name]!.activation.integers.map {
          (layer.name, precision.activation, $0.quantizedRange)
        }
      }
      for ((layer, width, range), clip) in zip(clipped, session.clips) {
        quantizers[layer]!.activation =
          LinearQuantizer(
            clip: try learned(Float(clip.scalar()), of: layer, checkpoint: checkpoint), width: width,
            signedness: range.lowerBound < 0 ? .signed : .unsigned
          ).forTensor
      }
    }
    var result = RoundedLayers(quantizers: quantizers)
    try withoutGradients {
      for (layer, (weight, bias)) in zip(network.network.layers, zip(session.weights, session.others)) {
        let quantizer = quantizers[layer.name]!.weight
        let rounded = try weight.rounded(by: quantizer, blocks: .rows)
        result.weights[layer.name] = LayerWeights(weight: try rounded.values(), bias: try bias.values())
        if case .integerGroups(let format) = quantizer {
          result.groupScales[layer.name] = format.scales(of: try weight.values(), rows: layer.outputChannels)
        }
      }
    }
    return result
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
      case .learned: try learnedClips(quantizers)
      }
    let execution = run(under: quantizers).execution
    return TrainingSession(
      name: network.graph.name, weights: layers.map { parameters[$0].weight },
      others: layers.map { parameters[$0].bias }, clips: layers.compactMap { learned[$0] },
      scores: { images in
        try execution.scores(of: images) { node, input in
          let (layer, values) = (quantizers[node.name]!, parameters[node.name])
          let rounded =
            if let clip = learned[node.name], let range = layer.activation.integers?.quantizedRange {
              try input.fakeQuantized(clip: clip, quantizedRange: range)
            } else {
              try input.rounded(by: layer.activation, blocks: node.inputBlocks(input))
            }
          return try node.product(
            rounded, weight: values.weight.rounded(by: layer.weight, blocks: .rows), bias: values.bias)
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
        ) { quantizers[$0]!.activation.integers.map { $0.quantizedRange.lowerBound < 0 } ?? true }
      })
  }

  /// A clip for each layer whose activations are integers, as calibrated.
  private func learnedClips(_ quantizers: [String: LayerQuantizers]) throws -> [String: Tensor] {
    var clips: [String: Tensor] = [:]
    for (layer, quantizer) in quantizers {
      guard let integers = quantizer.activation.integers else { continue }
      clips[layer] = try Tensor([integers.scales[0] * integers.quantizedRange.upperBound], shape: [1])
    }
    guard !clips.isEmpty else { throw QuantizationError.noIntegerActivations }
    return clips
  }

  private func roundedWeights(for policy: Policy, quantizers: [String: LayerQuantizers]) throws -> [String:
    Tensor]
  {
    var weights: [String: Tensor] = [:]
    for (layer, precision) in zip(network.network.layers, policy.precisions) {
      let key = QuantizationScheme.LayerWidth(layer: layer.name, width: precision.weight)
      if roundedWeights[key] == nil {
        roundedWeights[key] = try withoutGradients {
          try network.parameters[layer.name].weight.rounded(by: quantizers[layer.name]!.weight, blocks: .rows)
        }
      }
      weights[layer.name] = roundedWeights[key]
    }
    return weights
  }
}

extension Node {
  /// Along which axis of its input the layer sums: the channels of a map, the last of a fully connected layer.
  fileprivate func inputBlocks(_ input: Tensor) -> Tensor.BlockAxis {
    if case .fullyConnected = operation { return .axis(input.shape.count - 1) }
    return .axis(1)
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
