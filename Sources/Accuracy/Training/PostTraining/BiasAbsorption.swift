package import Datasets
package import Networks

extension Graph {
  /// The same function on `images` with what channels never fall below moved into the next layer's bias.
  ///
  /// relu(x) = relu(x - c) + c wherever x >= c >= 0. So c is taken from a layer's bias, and the next layer's weights times
  /// c are added to its own. Quantizers then need not reach over numbers that never come. The layers are those of
  /// `equalized()` with a ReLU between them, unless the second pads its input with zeros, which have no c to give back.
  ///
  /// Source: Nagel et al., "Data-free quantization through weight equalization and bias correction", 2019,
  /// arXiv:1906.04721, section 4.1.3; with the least number that the images have as c, where the paper derives it from
  /// batch normalization, which is folded here.
  ///
  /// - Throws: `GraphError` when the nodes do not fit together, and what reading images throws.
  package func withBiasesAbsorbed(on images: LabelledImages) throws -> Graph {
    let pairs = equalizablePairs().filter { $0.isBehindRelu && !$0.second.padsInput }
    guard !pairs.isEmpty else { return self }
    let rank = try shapes().mapValues(\.rank)
    let axes = pairs.map { pair in
      (pair.first.output, pair.first.channelAxis ?? (rank[pair.first.output] ?? 2) - 1)
    }
    let ranges = try ChannelRanges(
      of: Dictionary(axes, uniquingKeysWith: { first, _ in first }), in: self, on: images)
    return pairs.reduce(into: self) { graph, pair in
      guard var first = graph.weights[pair.first.name], var second = graph.weights[pair.second.name] else {
        return
      }
      pair.absorb(ranges[pair.first.output].map { max(0, $0.lowerBound) }, &first, &second)
      graph.weights[pair.first.name] = first
      graph.weights[pair.second.name] = second
    }
  }
}

extension EqualizedPair {
  /// - Parameter amounts: c of each channel between the two layers.
  fileprivate func absorb(_ amounts: [Float], _ one: inout LayerWeights, _ other: inout LayerWeights) {
    let (channels, outputs) = (one.bias.count, other.bias.count)
    guard amounts.count == channels, channels > 0, channels.isMultiple(of: groups), outputs > 0,
      outputs.isMultiple(of: groups), other.weight.count.isMultiple(of: outputs)
    else { return }
    let (row, perGroup) = (other.weight.count / outputs, channels / groups)
    guard row.isMultiple(of: perGroup) else { return }
    let kernel = row / perGroup
    for output in 0..<outputs {
      let first = output / (outputs / groups) * perGroup
      var moved = 0.0
      for place in 0..<row {
        moved += Double(other.weight[output * row + place]) * Double(amounts[first + place / kernel])
      }
      other.bias[output] += Float(moved)
    }
    for channel in 0..<channels { one.bias[channel] -= amounts[channel] }
  }
}

extension Node {
  fileprivate var padsInput: Bool {
    guard case .convolution(let convolution) = operation else { return false }
    return (convolution.window.padding.before + convolution.window.padding.after).contains { $0 != 0 }
  }
}
