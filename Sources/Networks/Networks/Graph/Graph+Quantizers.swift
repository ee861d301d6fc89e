extension Graph {
  /// The node, or the layer with quantized weights, at which the graph first quantizes something itself; nil when all is float.
  public var firstQuantizer: String? {
    nodes.first { node in
      if case .fakeQuantize = node.operation { return true }
      return givenWidths[node.name]?.weight != nil
    }?.name
  }

  /// The graph whose values are floats everywhere; weights keep the numbers that they have.
  public func withoutQuantizers() -> Graph {
    var replacement: [String: String] = [:]
    var graph = self
    graph.givenWidths = [:]
    graph.nodes = []
    for var node in nodes {
      node.inputs = node.inputs.map { replacement[$0] ?? $0 }
      if case .fakeQuantize = node.operation {
        replacement[node.output] = node.inputs[0]
      } else {
        graph.nodes.append(node)
      }
    }
    graph.output = replacement[output] ?? output
    graph.otherOutputs = otherOutputs.map { replacement[$0] ?? $0 }
    return graph
  }
}
