package import Datasets
package import Networks

extension Graph {
  /// The same function with the range of channels behind each layer normalization shared with the weights that read them.
  ///
  /// A channel whose activations are larger than its weights is divided by s, in the scale and shift of the
  /// normalization, and the weights on it are multiplied by s = sqrt(max|x| / max|w|). Normalizations over the last axis
  /// are migrated whose outputs fully connected layers read and nothing else does; all of these layers share the factors.
  ///
  /// Source: Xiao et al., "SmoothQuant: accurate and efficient post-training quantization for large language models",
  /// 2023, arXiv:2211.10438, equation 4 with alpha = 0.5.
  ///
  /// - Parameter images: Those on which max|x| is taken.
  /// - Throws: `GraphError` when the nodes do not fit together, and what reading images throws.
  package func migrated(on images: LabelledImages) throws -> Graph {
    let migrations = try migrations()
    guard !migrations.isEmpty else { return self }
    let axes = Dictionary(
      migrations.map { ($0.normalized, $0.channelAxis) }, uniquingKeysWith: { first, _ in first })
    let ranges = try ChannelRanges(of: axes, in: self, on: images)
    return migrations.reduce(into: self) { graph, migration in
      migration.apply(to: &graph, activations: ranges.magnitudes(of: migration.normalized))
    }
  }

  private func migrations() throws -> [Migration] {
    let shapes = try shapes()
    let shared = Set(sharedWeights.joined())
    return nodes.compactMap { node in
      guard case .layerNormalization(let axis, _) = node.operation, let shape = shapes[node.output],
        axis == shape.rank - 1, !outputs.contains(node.output)
      else { return nil }
      // Scale and shift, which other nodes may read as well.
      let constants = Array(node.inputs.dropFirst())
      let readers = nodes.filter { $0.inputs.contains(node.output) }
      guard !readers.isEmpty, readers.allSatisfy({ $0.isFullyConnected && !shared.contains($0.name) }),
        constants.allSatisfy({ name in nodes.count { $0.inputs.contains(name) } == 1 }),
        constants.allSatisfy({ self.constants[$0] != nil })
      else { return nil }
      return Migration(
        normalized: node.output, channelAxis: axis, constants: constants, readers: readers.map(\.name))
    }
  }
}

/// A layer normalization, and the layers behind it.
private struct Migration {
  /// The value that the normalization gives.
  let normalized: String
  let channelAxis: Int
  /// Its scale, and its shift if it has one.
  let constants: [String]
  let readers: [String]

  /// - Parameter activations: The greatest magnitude of each channel.
  func apply(to graph: inout Graph, activations: [Float]) {
    let channels = activations.count
    let layers = readers.compactMap { graph.weights[$0] }
    guard channels > 0, layers.count == readers.count,
      layers.allSatisfy({ $0.weight.count.isMultiple(of: channels) })
    else { return }
    var largest = [Float](repeating: 0, count: channels)
    for layer in layers {
      for (place, weight) in layer.weight.enumerated() {
        largest[place % channels] = max(largest[place % channels], abs(weight))
      }
    }
    let scales = zip(activations, largest).map { activation, weight -> Float in
      let scale = (activation / weight).squareRoot()
      // A channel without activations or weights has no range to share.
      return scale.isFinite && scale > 1e-4 && scale < 1e4 ? scale : 1
    }
    for name in constants {
      graph.constants[name] = graph.constants[name].map { constant in
        Constant(extents: constant.extents, values: zip(constant.values, scales).map { $0 / $1 })
      }
    }
    for (name, layer) in zip(readers, layers) {
      let weight = layer.weight.enumerated().map { $1 * scales[$0 % channels] }
      graph.weights[name] = LayerWeights(weight: weight, bias: layer.bias)
    }
  }
}
