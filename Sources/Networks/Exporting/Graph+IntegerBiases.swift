import Networks
import ONNX

extension Graph {
  /// Makes the scales of weights so coarse that every bias is a 32-bit integer, in units of the scale of the layer's
  /// input times that of the weights.
  ///
  /// A trained network can have output channels whose weights are all but zero and whose bias alone is left. At the scale
  /// of these weights, the bias would need more than 32 bits, and runtimes would compute the whole layer in floats. At a
  /// coarser one, weights move by half of it at most. An 8-bit input then moves what the channel gives by less than
  /// 255 / 2^31 of the bias for each of its weights, far below a step of what 8 bits hold.
  ///
  /// - Parameter quantizers: Of the weights of layers, by name.
  mutating func coarsenWeights(_ quantizers: inout [String: WeightQuantization]) {
    var scales: [String: Float] = [:]
    for node in nodes {
      if case .fakeQuantize(let quantizer) = node.operation, quantizer.floats == nil {
        scales[node.output] = quantizer.scale
      }
      guard let input = scales[node.inputs[0]], let quantizer = quantizers[node.name],
        let layer = weights[node.name]
      else { continue }
      let needed = layer.bias.map { Self.leastScale(forBias: $0, input: input) }
      let old = quantizer.scales
      let new = needed.indices.map { max(old[old.count == 1 ? 0 : $0], needed[$0]) }
      let changed = new.indices.filter { new[$0] != old[old.count == 1 ? 0 : $0] }
      guard !changed.isEmpty else { continue }
      quantizers[node.name]?.scales = new
      let length = layer.weight.count / new.count
      for output in changed {
        for index in output * length..<(output + 1) * length {
          let steps = (layer.weight[index] / new[output]).rounded(.toNearestOrEven)
          weights[node.name]?.weight[index] = steps * new[output]
        }
      }
    }
  }

  /// The least scale of weights at which the bias takes 31 bits, so that as much is left for what is added to it; 0
  /// where none is great enough.
  private static func leastScale(forBias bias: Float, input: Float) -> Float {
    let largest: Float = 0x1p30
    // The product of both scales is written as a float, too, and has to be a normal one.
    let scale = max(abs(bias) / largest, .leastNormalMagnitude) / input * (1 + 4 * .ulpOfOne)
    return scale.isFinite ? scale : 0
  }
}
