extension ONNXReader {
  /// Folds a batch normalisation into the convolution that computes its input.
  ///
  /// y = scale * (conv(x) - mean) / sqrt(variance + epsilon) + shift is again a convolution.
  mutating func fold(_ node: ONNXNode) throws {
    try node.checkInputCount(5...5)
    try node.checkAttributes(["epsilon", "momentum", "spatial", "training_mode"])
    try node.require("training_mode", 0)
    try node.require("spatial", 1)

    guard let input = node.input(0),
      let index = producers[resolved(input)],
      case .convolution(let convolution) = graph.nodes[index].operation,
      uses[input] == 1, uses[resolved(input)] == 1, let signal = signals.removeValue(forKey: resolved(input)),
      var layer = graph.weights[graph.nodes[index].name]
    else {
      throw node.problem(
        "does not follow a convolution that nothing else reads; only then can it be folded, "
          + "other batch normalisation is not supported")
    }
    let channels = convolution.outputChannels
    func parameters(_ position: Int, _ what: String) throws -> [Float] {
      let values = try constant(node, position, what).floats()
      guard values.count == channels else {
        throw node.problem("has \(values.count) numbers as \(what); its input has \(channels) channels")
      }
      return values
    }
    let scale = try parameters(1, "scale")
    let shift = try parameters(2, "shift")
    let mean = try parameters(3, "mean")
    let variance = try parameters(4, "variance")
    let epsilon = try Double(node.float("epsilon", default: 1e-5))

    // Every output channel has as many weights as any other.
    let weightsPerChannel = layer.weight.count / channels
    for channel in 0..<channels {
      let spread = Double(variance[channel]) + epsilon
      guard spread > 0 else {
        throw node.problem(
          "has the variance \(variance[channel]) in channel \(channel); it cannot be negative")
      }
      let factor = Double(scale[channel]) / spread.squareRoot()
      for weight in channel * weightsPerChannel..<(channel + 1) * weightsPerChannel {
        layer.weight[weight] = Float(Double(layer.weight[weight]) * factor)
      }
      layer.bias[channel] = Float(
        (Double(layer.bias[channel]) - Double(mean[channel])) * factor + Double(shift[channel]))
    }
    graph.weights[graph.nodes[index].name] = layer
    graph.nodes[index].output = node.output
    signals[node.output] = signal
    producers[node.output] = index
  }
}
