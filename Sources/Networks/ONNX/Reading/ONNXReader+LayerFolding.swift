import Networks

/// y = (x - mean) * factor + shift for each output channel of a layer.
struct ChannelChange {
  var factors: [Double]
  var means: [Double]
  var shifts: [Double]

  init(factors: [Double], means: [Double], shifts: [Double]) {
    (self.factors, self.means, self.shifts) = (factors, means, shifts)
  }

  static func scaling(by factors: [Float]) -> ChannelChange {
    let zeros = [Double](repeating: 0, count: factors.count)
    return ChannelChange(factors: factors.map(Double.init), means: zeros, shifts: zeros)
  }

  static func shifting(by shifts: [Float]) -> ChannelChange {
    ChannelChange(
      factors: [Double](repeating: 1, count: shifts.count),
      means: [Double](repeating: 0, count: shifts.count),
      shifts: shifts.map(Double.init))
  }
}

extension ONNXReader {
  /// The position of the layer that computes an input of a node, when nothing else reads it.
  func layerReadOnlyHere(_ node: ONNXNode, _ position: Int) -> Int? {
    guard let name = node.input(position), case .computed(let value) = values[name],
      let index = producers[value], graph.nodes[index].isLayer, graph.weights[graph.nodes[index].name] != nil,
      isReadOnce(name), isReadOnce(value)
    else { return nil }
    return index
  }

  /// Makes a change of a layer's channels part of its weights and bias.
  ///
  /// - Precondition: the layer has as many outputs as the change.
  mutating func fold(_ change: ChannelChange, of node: ONNXNode, intoLayer index: Int) throws {
    let layer = graph.nodes[index]
    // Taken out, so that the numbers are changed where they are.
    var weights = graph.weights.removeValue(forKey: layer.name)!
    if change.factors.contains(where: { $0 != 1 }) {
      rooms.append(try budget.room(for: weights.weight.count, of: Float.self))
      // Every output has as many weights as any other.
      let length = weights.weight.count / change.factors.count
      for (channel, factor) in change.factors.enumerated() {
        for position in channel * length..<(channel + 1) * length {
          weights.weight[position] = Float(Double(weights.weight[position]) * factor)
        }
      }
      for source in layersOfTensor.keys { layersOfTensor[source]?.removeAll { $0 == layer.name } }
    }
    rooms.append(try budget.room(for: weights.bias.count, of: Float.self))
    for channel in weights.bias.indices {
      let centred = Double(weights.bias[channel]) - change.means[channel]
      weights.bias[channel] = Float(centred * change.factors[channel] + change.shifts[channel])
    }
    graph.weights[layer.name] = weights
    graph.nodes[index].output = node.output
    shapes[node.output] = shapes.removeValue(forKey: layer.output)
    producers[layer.output] = nil
    producers[node.output] = index
    values[node.output] = .computed(node.output)
  }

  /// A constant that has one number for each output channel of a layer, and nothing else.
  func channelNumbers(_ tensor: FoldedTensor, ofLayer index: Int) -> [Float]? {
    guard let shape = shapes[graph.nodes[index].output], tensor.extents.count <= shape.rank,
      let numbers = tensor.floats
    else { return nil }
    let axis: Int
    let count: Int
    switch graph.nodes[index].operation {
    case .convolution(let convolution): (axis, count) = (1, convolution.outputChannels)
    case .transposedConvolution(let transposed): (axis, count) = (1, transposed.convolution.outputChannels)
    case .fullyConnected(let outputs): (axis, count) = (shape.rank - 1, outputs)
    default: return nil
    }
    var expected = [Int](repeating: 1, count: shape.rank)
    expected[axis] = count
    let extents = [Int](repeating: 1, count: shape.rank - tensor.extents.count) + tensor.extents
    return extents == expected ? numbers : nil
  }
}
