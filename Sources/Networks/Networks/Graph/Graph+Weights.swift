extension Graph {
  /// The extents of the weights of each quantizable layer, outputs first, by node name.
  ///
  /// Throws `GraphError` when the nodes do not fit together.
  public func weightExtents() throws -> [String: [Int]] {
    let shapes = try shapes()
    return nodes.reduce(into: [:]) { extents, node in
      // shapes() proved that every value read by a node exists.
      extents[node.name] = node.weightExtents(input: shapes[node.inputs[0]]!)
    }
  }

  /// Throws `GraphError` unless every quantizable layer has finite weights of its shape, and nothing else has.
  public func validateWeights() throws {
    let extents = try weightExtents()
    for node in nodes {
      guard let extents = extents[node.name] else { continue }
      guard let layer = weights[node.name] else { throw GraphError.missingWeights(node: node.name) }
      try node.validate(layer.weight, "weights", expected: extents.reduce(1, *))
      try node.validate(layer.bias, "biases", expected: extents[0])
    }
    if let stray = weights.keys.filter({ extents[$0] == nil }).min() {
      throw GraphError.strayWeights(node: stray)
    }
    for (name, constant) in constants.sorted(by: { $0.key < $1.key }) {
      guard constant.values.allSatisfy({ !$0.isNaN }) else { throw GraphError.constantNotNumber(name) }
    }
  }
}

extension Convolution {
  fileprivate func weightExtents(input: TensorShape) -> [Int] {
    [outputChannels, input.dimensions[1].factor / groups] + window.kernel
  }
}

extension Node {
  /// Outputs, inputs of a group and the kernel, or outputs and inputs; nil when this is no layer.
  package func weightExtents(input: TensorShape) -> [Int]? {
    switch operation {
    case .convolution(let convolution): convolution.weightExtents(input: input)
    case .transposedConvolution(let transposed): transposed.convolution.weightExtents(input: input)
    case .fullyConnected(let outputs):
      [outputs, input.dimensions[input.rank - 1].factor]
    default:
      nil
    }
  }

  fileprivate func validate(_ numbers: [Float], _ what: String, expected: Int) throws {
    guard numbers.count == expected else {
      throw GraphError.wrongWeights(node: name, what: what, found: numbers.count, expected: expected)
    }
    guard numbers.allSatisfy(\.isFinite) else { throw GraphError.notFinite(node: name, what: what) }
  }
}
