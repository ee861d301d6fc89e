import HardwareModel

extension Graph {
  /// How many weights and biases each quantizable layer has, by node name.
  ///
  /// Throws `GraphError` when the nodes do not fit together.
  public func weightCounts() throws -> [String: (weight: Int, bias: Int)] {
    try network().layers.reduce(into: [:]) { counts, layer in
      counts[layer.name] = (weight: layer.weightCount, bias: layer.outputChannels)
    }
  }

  /// Throws `GraphError` unless every quantizable layer has finite weights of its shape, and nothing else has.
  public func validateWeights() throws {
    let counts = try weightCounts()
    for node in nodes {
      guard let count = counts[node.name] else { continue }
      guard let layer = weights[node.name] else { throw GraphError.missingWeights(node: node.name) }
      try node.validate(layer.weight, "weights", expected: count.weight)
      try node.validate(layer.bias, "biases", expected: count.bias)
    }
    if let stray = weights.keys.filter({ counts[$0] == nil }).min() {
      throw GraphError.strayWeights(node: stray)
    }
  }
}

extension Node {
  fileprivate func validate(_ numbers: [Float], _ what: String, expected: Int) throws {
    guard numbers.count == expected else {
      throw GraphError.wrongWeights(node: name, what: what, found: numbers.count, expected: expected)
    }
    guard numbers.allSatisfy(\.isFinite) else { throw GraphError.notFinite(node: name, what: what) }
  }
}
