package import Core
package import Datasets
package import Evaluation
import Networks
import Quantization
import Tensors

/// A network run as if its weights and layer inputs were stored in the formats of a policy.
///
/// Values are rounded by their quantizers and kept as floats ("fake quantization"), which gives the
/// numbers that integer arithmetic with the same scales would give, up to float rounding.
package final class QuantizedNetwork: PolicyNetwork {
  let network: FloatNetwork
  let scheme: QuantizationScheme
  /// Nil takes weights and biases as they are.
  let correction: PostTrainingQuantization?
  /// For policies under which every activation is integers: without the clamps that their quantizers repeat.
  private let integers: Run
  /// For all others.
  let whole: Run
  private var roundedWeights: [QuantizationScheme.LayerWidth: Tensor] = [:]

  /// Layers that measurements did not run again, because an earlier one had run them alike.
  package var reusedLayers: Int { integers.prefixes.reusedLayers + whole.prefixes.reusedLayers }

  /// A graph, and what its runs under several policies have in common.
  struct Run {
    let execution: GraphExecution
    let prefixes: PrefixCache

    init(_ graph: Graph, layers: [Layer]) throws {
      let execution = try GraphExecution(graph)
      self.execution = execution
      prefixes = PrefixCache(positions: layers.map { execution.position(of: $0.name)! })
    }
  }

  /// - Parameter correction: Corrects weights and biases under each policy; nil takes them as they are.
  /// - Throws: `TorchError` when memory runs out.
  package init(
    _ network: FloatNetwork, scheme: QuantizationScheme, correction: PostTrainingQuantization? = nil
  ) throws {
    self.network = network
    self.scheme = scheme
    self.correction = correction
    integers = try Run(scheme.graphWithoutRepeatedClamps(), layers: network.network.layers)
    whole = try Run(network.graph, layers: network.network.layers)
  }

  /// The quantizers of a policy, and the numbers that they round.
  ///
  /// Throws `QuantizationError` when the policy does not fit the network or a width has no quantizer.
  func layers(under policy: Policy) throws -> CorrectedLayers {
    let quantizers = try scheme.quantizers(for: policy)
    guard let correction else {
      return CorrectedLayers(quantizers: quantizers, parameters: network.parameters)
    }
    return try correction.layers(under: policy, quantizers)
  }

  private func run(under quantizers: [String: LayerQuantizers]) -> Run {
    quantizers.values.allSatisfy { $0.activation.integers != nil } ? integers : whole
  }

  package func measure(
    _ policy: Policy, on images: LabelledImages, _ questions: Measurement.Questions
  ) throws -> EvaluationResult {
    let layers = try layers(under: policy)
    let (quantizers, weights) = (layers.quantizers, try roundedWeights(for: policy, layers))
    let (execution, prefixes) = (run(under: quantizers).execution, run(under: quantizers).prefixes)
    func product(_ node: Node, _ input: Tensor) throws -> Tensor {
      try node.product(
        input.rounded(by: quantizers[node.name]!.activation, blocks: node.inputBlocks(input)),
        weight: weights[node.name]!,
        bias: layers.parameters[node.name].bias)
    }
    func fused(_ call: LayerCall) throws -> LayerCall.Result {
      let node = call.node
      let input =
        call.isRounded
        ? call.input
        : try call.input.rounded(by: quantizers[node.name]!.activation, blocks: node.inputBlocks(call.input))
      let rounding = call.reader.flatMap { quantizers[$0.name]!.activation.oneScale }
      let value = try node.product(
        input, weight: weights[node.name]!, bias: layers.parameters[node.name].bias,
        finish: Finish(clamp: call.clamp, rounding: rounding))
      return LayerCall.Result(value: value, isClamped: call.clamp != nil, isRounded: rounding != nil)
    }
    func firstNotFinite(_ images: Tensor) throws -> String? {
      try execution.firstLayerReadingNotFinite(of: images, layer: product)
    }
    guard let samples = questions.samples else {
      return try Measurement.measure(images, questions, firstNotFinite: firstNotFinite) {
        try execution.scores(of: $0, fusing: fused)
      }
    }
    let plan = prefixes.plan(policy, on: samples)
    return try Measurement.measure(images, questions, firstNotFinite: firstNotFinite) { images, first in
      let key = PrefixCache.BatchKey(samples: samples, first: first, count: images.shape[0])
      let (start, saved) = prefixes.start(plan, key)
      return try execution.scores(
        of: images, from: start, saving: saved, { prefixes.save($0, plan, key) }, fusing: fused)
    }
  }

  /// Learned ranges start as calibrated.
  package func beginTraining(_ policy: Policy, clips: ActivationClips) throws -> TrainingSession {
    let corrected = try layers(under: policy)
    let (quantizers, parameters) = (corrected.quantizers, try corrected.parameters.copy())
    let layers = network.network.layers.map(\.name)
    let ranges = try LearnedRanges(clips, startingFrom: quantizers)
    // A step may grow beyond the clamp before its layer, which must then still be there.
    let execution = clips == .steps ? whole.execution : run(under: quantizers).execution
    return TrainingSession(
      name: network.graph.name, weights: layers.map { parameters[$0].weight },
      others: layers.map { parameters[$0].bias }, clips: ranges.tensors(of: layers), clipDecay: ranges.decay,
      activationRange: scheme.activationRange, quantizers: ranges.quantizersWithSteps,
      floatScores: { [network] in try network.scores(of: $0) },
      scores: { images in
        try execution.scores(of: images) { node, input in
          let values = parameters[node.name]
          return try node.product(
            ranges.rounded(input: input, of: node),
            weight: ranges.rounded(weight: values.weight, of: node.name), bias: values.bias)
        }
      },
      graph: {
        var graph = self.network.graph
        for name in layers {
          graph.weights[name] = LayerWeights(
            weight: try parameters[name].weight.values(), bias: try parameters[name].bias.values())
        }
        return try graph.clipped(ranges.ends()) {
          quantizers[$0]!.activation.integers.map { $0.quantizedRange.lowerBound < 0 } ?? true
        }
      })
  }

  /// Remembered by width, unless they are corrected for what the layers before them are.
  private func roundedWeights(for policy: Policy, _ layers: CorrectedLayers) throws -> [String: Tensor] {
    func rounded(_ layer: String) throws -> Tensor {
      try withoutGradients {
        try layers.parameters[layer].weight.rounded(by: layers.quantizers[layer]!.weight, blocks: .rows)
      }
    }
    guard correction == nil else {
      return try Dictionary(
        uniqueKeysWithValues: network.network.layers.map { ($0.name, try rounded($0.name)) })
    }
    var weights: [String: Tensor] = [:]
    for (layer, precision) in zip(network.network.layers, policy.precisions) {
      let key = QuantizationScheme.LayerWidth(layer: layer.name, width: precision.weight)
      let known = try roundedWeights[key] ?? rounded(layer.name)
      roundedWeights[key] = known
      weights[layer.name] = known
    }
    return weights
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
