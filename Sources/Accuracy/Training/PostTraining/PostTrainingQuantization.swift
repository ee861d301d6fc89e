package import Core
package import Datasets
import Networks
import Quantization
import Tensors

/// Carries out a recipe on a network under one policy after another.
///
/// The float network and the quantized one run side by side on a few calibration images, layer after layer: each layer is
/// corrected for what it reads, errors of the layers before it included. So a layer's numbers depend on the policy of the
/// layers up to it and on nothing behind it.
package final class PostTrainingQuantization {
  private let network: FloatNetwork
  private let images: LabelledImages
  private let recipe: PostTrainingRecipe
  private let execution: GraphExecution
  /// Layers with weights that others have, too: a correction of one would be wrong for the others.
  private let shared: Set<String>
  private let granularity: WeightGranularity
  private var known: (policy: Policy, layers: CorrectedLayers)?

  /// Numbers of all images together, which lie in memory for the whole run: 66 color images of 224 x 224.
  private static let mostNumbers = 10_000_000
  /// - Parameter granularity: Whether each output channel of weights has a scale of its own, which may then be changed.
  /// - Throws: `GraphError` when the nodes do not fit together.
  package init(
    _ network: FloatNetwork, on images: LabelledImages, recipe: PostTrainingRecipe,
    granularity: WeightGranularity
  ) throws {
    self.granularity = granularity
    self.network = network
    self.images = Self.images(of: images)
    self.recipe = recipe
    execution = try GraphExecution(network.graph)
    shared = Set(network.graph.sharedWeights.joined())
  }

  /// Those of the calibration images that a recipe looks at: the first ones.
  package static func images(of images: LabelledImages) -> LabelledImages {
    images[0..<min(images.count, max(1, mostNumbers / max(1, images.pixelsPerImage)))]
  }

  /// The quantizers and numbers of every layer under a policy.
  ///
  /// Learned weights lie on the quantizers' numbers already. Throws `TorchError` and what reading images throws.
  ///
  /// - Parameter quantizers: Those of rounding to nearest.
  func layers(under policy: Policy, _ quantizers: [String: LayerQuantizers]) throws -> CorrectedLayers {
    var layers = CorrectedLayers(quantizers: quantizers, parameters: network.parameters)
    guard recipe.steps.contains(.learnedRounding) || recipe.steps.contains(.biasCorrection) else {
      return layers
    }
    if let known, known.policy == policy { return known.layers }
    try withoutGradients {
      let once = try images.batch(at: 0..<images.count).images
      let count = images.count
      // Every operation but the layers treats images one by one, so that one run serves both networks.
      let both = try Tensor.concatenated([once, once], axis: 0)
      _ = try execution.scores(of: both) { node, input in
        guard let layer = quantizers[node.name], !layer.areFloats else {
          let values = network.parameters[node.name]
          return try node.product(input, weight: values.weight, bias: values.bias)
        }
        let float = try input.sliced(axis: 0, from: 0, to: count, by: 1)
        let quantized = try input.sliced(axis: 0, from: count, to: 2 * count, by: 1)
        return try correct(&layers, node, float: float, quantized: quantized)
      }
    }
    known = (policy, layers)
    return layers
  }

  /// Corrects one layer, and returns the outputs of both networks, the float one's first.
  private func correct(
    _ layers: inout CorrectedLayers, _ node: Node, float: Tensor, quantized: Tensor
  ) throws -> Tensor {
    guard var layer = layers.quantizers[node.name] else {
      preconditionFailure("\(node.name) has a quantizer")
    }
    var values = layers.parameters[node.name]
    let outputs = try node.product(float, weight: values.weight, bias: values.bias)
    let read = try quantized.rounded(by: layer.activation, blocks: node.inputBlocks(quantized))
    if recipe.steps.contains(.learnedRounding), !shared.contains(node.name),
      let integers = layer.weight.integers,
      let moments = try InputMoments(of: node.operation, float: float, quantized: read)
    {
      let learned = try moments.rounded(
        values.weight, scales: integers.scales, quantizedRange: integers.quantizedRange,
        rescales: granularity == .perChannel)
      values.weight = learned.weight
      layer.weight = .linear(scales: learned.scales, quantizedRange: integers.quantizedRange)
    }
    let weight = try values.weight.rounded(by: layer.weight, blocks: .rows)
    var found = try node.product(read, weight: weight, bias: values.bias)
    if recipe.steps.contains(.biasCorrection) {
      values.bias = try values.bias.adding(outputs.meanError(of: found, channels: node.channelAxis))
      found = try node.product(read, weight: weight, bias: values.bias)
    }
    layers.quantizers[node.name] = layer
    layers.parameters[node.name] = values
    return try Tensor.concatenated([outputs, found], axis: 0)
  }
}

extension LayerQuantizers {
  /// Whether the layer is computed as in the float network, and is left alone.
  fileprivate var areFloats: Bool { weight == .float32 && activation == .float32 }
}
