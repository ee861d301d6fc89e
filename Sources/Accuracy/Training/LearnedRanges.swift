import Evaluation
import Networks
import Quantization
import Tensors

/// The ranges of quantizers that training moves with the weights, by layer: clips of activations, or steps of both operands.
struct LearnedRanges {
  private let kind: ActivationClips
  private let quantizers: [String: LayerQuantizers]
  private var clips: [String: Tensor] = [:]
  private var weightSteps: [String: Tensor] = [:]
  private var activationSteps: [String: Tensor] = [:]

  /// As calibrated.
  ///
  /// - Throws: `QuantizationError` where there is no range to learn, or one with a zero point.
  init(_ kind: ActivationClips, startingFrom quantizers: [String: LayerQuantizers]) throws {
    (self.kind, self.quantizers) = (kind, quantizers)
    guard kind != .calibrated else { return }
    for (layer, quantizer) in quantizers.sorted(by: { $0.key < $1.key }) {
      if kind == .steps, let weight = quantizer.weight.integers {
        weightSteps[layer] = try Tensor(weight.scales, shape: [weight.scales.count])
      }
      guard let activation = quantizer.activation.integers else { continue }
      guard !quantizer.activation.isAsymmetric else { throw QuantizationError.zeroPoint(layer: layer) }
      if kind == .steps {
        activationSteps[layer] = try Tensor([activation.scales[0]], shape: [1])
      } else {
        clips[layer] = try Tensor([activation.scales[0] * activation.quantizedRange.upperBound], shape: [1])
      }
    }
    if kind == .learned, clips.isEmpty { throw QuantizationError.noIntegerActivations }
    if kind == .steps, weightSteps.isEmpty, activationSteps.isEmpty { throw QuantizationError.noIntegers }
  }

  /// What training moves, layer after layer.
  func tensors(of layers: [String]) -> [Tensor] {
    layers.flatMap { [clips[$0], weightSteps[$0], activationSteps[$0]].compactMap(\.self) }
  }

  /// The factor of their L2 regularisation. Steps have none: it would narrow ranges that the paper lets the loss choose.
  var decay: Double { kind == .learned ? LearnedClip.decay : 0 }

  /// A layer's input, rounded as it now would be.
  func rounded(input: Tensor, of node: Node) throws -> Tensor {
    let quantizer = quantizers[node.name]!.activation
    if let clip = clips[node.name], let range = quantizer.integers?.quantizedRange {
      return try input.fakeQuantized(clip: clip, quantizedRange: range)
    }
    if let step = activationSteps[node.name], let range = quantizer.integers?.quantizedRange {
      let features = input.shape.dropFirst().reduce(1, *)
      return try input.fakeQuantized(step: step, quantizedRange: range, sharing: features)
    }
    return try input.rounded(by: quantizer, blocks: node.inputBlocks(input))
  }

  /// A layer's weights, rounded as they now would be.
  func rounded(weight: Tensor, of layer: String) throws -> Tensor {
    let quantizer = quantizers[layer]!.weight
    guard let step = weightSteps[layer], let integers = quantizer.integers else {
      return try weight.rounded(by: quantizer, blocks: .rows)
    }
    let count = weight.shape.reduce(1, *) / integers.scales.count
    return try weight.fakeQuantized(step: step, quantizedRange: integers.quantizedRange, sharing: count)
  }

  /// The upper ends of the learned ranges of activations.
  func ends() throws -> [String: Float] {
    let ofSteps = try activationSteps.map { layer, step in
      (layer, try Float(step.scalar()) * quantizers[layer]!.activation.integers!.quantizedRange.upperBound)
    }
    return try clips.mapValues { try Float($0.scalar()) }.merging(ofSteps) { $1 }
  }

  /// The quantizers with the steps that were learned; clips are left out.
  func quantizersWithSteps() throws -> [String: LayerQuantizers] {
    var result = quantizers
    for (layer, step) in weightSteps {
      let range = quantizers[layer]!.weight.integers!.quantizedRange
      result[layer]!.weight = .linear(scales: try step.values(), quantizedRange: range)
    }
    for (layer, step) in activationSteps {
      let range = quantizers[layer]!.activation.integers!.quantizedRange
      result[layer]!.activation = .linear(scales: try step.values(), quantizedRange: range)
    }
    return result
  }
}
