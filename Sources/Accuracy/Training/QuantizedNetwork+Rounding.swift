package import Core
import Evaluation
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

extension QuantizedNetwork {
  /// The quantizers of a policy by layer name, and the weights rounded by them.
  ///
  /// - Parameter checkpoint: A file of `FullFineTuning` under the same policy, whose weights and learned ranges are taken; nil takes the network's own.
  /// - Throws: `FineTuningCheckpoint.Mismatch` when the file belongs to another network or policy.
  package func rounded(
    _ policy: Policy, checkpoint: String? = nil
  ) throws -> RoundedLayers {
    var quantizers = try layers(under: policy).quantizers
    var session = try beginTraining(policy, clips: .calibrated)
    if let checkpoint {
      var kind = ActivationClips.calibrated
      try FineTuningCheckpoint.File(path: checkpoint).restore(of: session, policy: policy) { clips in
        kind = clips
        session = try beginTraining(policy, clips: clips)
        return session.tensors
      }
      if kind == .steps {
        quantizers = try session.quantizers()
        try requireSteps(in: quantizers, checkpoint: checkpoint)
      }
      let clipped = zip(network.network.layers, policy.precisions).compactMap { layer, precision in
        quantizers[layer.name]!.activation.integers.map {
          (layer.name, precision.activation, $0.quantizedRange)
        }
      }
      for ((layer, width, range), clip) in zip(clipped, session.clips) where kind == .learned {
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

  /// Throws for a step that training has brought to nothing.
  private func requireSteps(in quantizers: [String: LayerQuantizers], checkpoint: String) throws {
    for (layer, quantizer) in quantizers.sorted(by: { $0.key < $1.key }) {
      let scales = [quantizer.weight, quantizer.activation].flatMap { $0.integers?.scales ?? [] }
      guard let step = scales.first(where: { !($0 > 0 && $0.isFinite) }) else { continue }
      throw FineTuningCheckpoint.Mismatch(
        path: checkpoint, reason: "a step that layer \(layer) learned is \(step), which is not above 0")
    }
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
}
