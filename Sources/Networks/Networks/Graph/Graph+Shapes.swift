extension Graph {
  /// Largest channel count, kernel, stride and group count that a graph may have.
  package static let largestExtent = 1 << 20
  /// Largest number of elements of a value or of the weights of one node.
  package static let largestCount = 1 << 40
  /// Largest number of multiply-accumulates of one node, so that sums over layers stay countable.
  package static let largestWork = 1 << 50

  /// The shape of every value, by value name.
  ///
  /// Throws `GraphError` when the nodes do not fit together. A graph that passes is safe to
  /// count: no product of its extents overflows.
  public func shapes() throws -> [String: TensorShape] {
    guard inputShape.isLegal, inputShape.isPerSample else { throw GraphError.illegalInputShape(inputShape) }
    guard !name.isEmpty else { throw GraphError.missingName(of: "the network") }
    guard !input.isEmpty else { throw GraphError.missingName(of: "the network's input") }

    var shapes = constants.mapValues(\.shape)
    guard shapes.updateValue(inputShape, forKey: input) == nil else {
      throw GraphError.repeatedValue(node: input, value: input)
    }
    var names: Set<String> = []
    for node in nodes {
      guard !node.name.isEmpty else {
        throw GraphError.missingName(of: "the node that writes \"\(node.output)\"")
      }
      guard !node.output.isEmpty else {
        throw GraphError.missingName(of: "the output of node \"\(node.name)\"")
      }
      guard names.insert(node.name).inserted else { throw GraphError.repeatedNode(node.name) }
      let result = try node.shape(from: shapes)
      guard shapes.updateValue(result, forKey: node.output) == nil else {
        throw GraphError.repeatedValue(node: node.name, value: node.output)
      }
    }
    for output in outputs where shapes[output] == nil || output == input {
      throw GraphError.unknownOutput(output)
    }
    return shapes
  }

  package static func isLegalExtent(_ extent: Int) -> Bool { (1...largestExtent).contains(extent) }
}

extension Node {
  /// The shape of what this node writes, given the shapes of the values that exist before it.
  package func shape(from shapes: [String: TensorShape]) throws -> TensorShape {
    let inputs = try inputs.map { value in
      guard let shape = shapes[value] else { throw GraphError.unknownInput(node: name, value: value) }
      return shape
    }
    let result = try operation.shape(of: Operands(node: name, shapes: inputs))
    guard result.isLegal else { throw GraphError.tooLarge(node: name, what: "its output is \(result)") }
    return result
  }
}
