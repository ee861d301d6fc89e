package import Networks

extension Graph {
  /// The same function with channels between two layers scaled so that both layers' weights have the same range there.
  ///
  /// relu(x / s) is relu(x) / s for s above zero: what one layer's output channel is divided by, the next layer's weights
  /// on that channel are multiplied by. Channels are equalized where one layer reads what another gives, directly or
  /// behind a ReLU, and nothing else does. A ReLU6 is in the way.
  ///
  /// Source: Nagel et al., "Data-free quantization through weight equalization and bias correction", 2019,
  /// arXiv:1906.04721, section 4.1, equation 11; over all pairs in turn until scales settle.
  package func equalized() throws -> Graph {
    var graph = self
    let pairs = equalizablePairs()
    guard !pairs.isEmpty else { return graph }
    for _ in 0..<40 {
      var largestChange: Float = 0
      for pair in pairs {
        guard var first = graph.weights[pair.first.name], var second = graph.weights[pair.second.name] else {
          continue
        }
        let scales = pair.equalize(&first, &second)
        graph.weights[pair.first.name] = first
        graph.weights[pair.second.name] = second
        largestChange = max(largestChange, scales.map { abs($0 - 1) }.max() ?? 0)
      }
      if largestChange < 1e-3 { break }
    }
    return graph
  }
}

extension EqualizedPair {
  /// Returns what each channel was divided by.
  fileprivate func equalize(_ one: inout LayerWeights, _ other: inout LayerWeights) -> [Float] {
    let channels = one.bias.count
    guard channels > 0, channels.isMultiple(of: groups), !other.bias.isEmpty,
      one.weight.count.isMultiple(of: channels), other.weight.count.isMultiple(of: other.bias.count)
    else { return [] }
    let (length, row) = (one.weight.count / channels, other.weight.count / other.bias.count)
    let (perGroup, rowsPerGroup) = (channels / groups, other.bias.count / groups)
    guard perGroup > 0, row.isMultiple(of: perGroup) else { return [] }
    let kernel = row / perGroup
    /// Where the second layer's weights on a channel begin, one run of `kernel` for each output.
    func runs(_ channel: Int) -> [Int] {
      let group = channel / perGroup
      return (group * rowsPerGroup..<(group + 1) * rowsPerGroup).map {
        $0 * row + channel % perGroup * kernel
      }
    }
    return (0..<channels).map { channel in
      let rows = channel * length..<(channel + 1) * length
      let before = one.weight[rows].lazy.map(abs).max() ?? 0
      let places = runs(channel)
      let after = places.reduce(Float(0)) { largest, start in
        max(largest, other.weight[start..<start + kernel].lazy.map(abs).max() ?? 0)
      }
      let scale = (before / after).squareRoot()
      // A channel without weights on one side has no range to share, and huge factors would only move rounding errors.
      guard scale.isFinite, scale > 1e-4, scale < 1e4 else { return 1 }
      for place in rows { one.weight[place] /= scale }
      one.bias[channel] /= scale
      for start in places { for place in start..<start + kernel { other.weight[place] *= scale } }
      return scale
    }
  }
}
