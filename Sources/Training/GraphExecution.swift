import Networks
import Tensors

/// Runs a graph's operations on tensors, leaving the layers with weights to the caller.
///
/// Float inference, training, calibration and quantized inference differ only in what a
/// layer does with its input.
struct GraphExecution {
  private let graph: Graph
  /// For each node, the values that no later node reads.
  private let lastReads: [[String]]
  /// Values in memory of their own, read once, whose making left nothing behind that needs them.
  private let overwritable: Set<String>

  init(_ graph: Graph) {
    self.graph = graph
    var lastReader: [String: Int] = [:]
    for (position, node) in graph.nodes.enumerated() {
      for input in node.inputs { lastReader[input] = position }
    }
    lastReader[graph.output] = nil
    lastReads = graph.nodes.indices.map { position in
      lastReader.filter { $0.value == position }.map(\.key)
    }
    // A flattened value shares its memory, a clamp's gradient needs the clamped values, and a layer
    // that reads a value keeps it for its own gradient.
    overwritable = Set(
      graph.nodes.filter { node in
        switch node.operation {
        case .convolution, .fullyConnected, .add, .maxPool, .globalAveragePool: true
        case .relu, .clip, .flatten: false
        }
      }.map(\.output)
    ).filter { value in
      value != graph.output && graph.nodes.flatMap(\.inputs).count { $0 == value } == 1
    }
  }

  /// The class scores of `images`, a tensor of batch x channels x height x width.
  ///
  /// - Parameter layer: computes a convolution or fully connected node from its input.
  func scores(of images: Tensor, layer: (Node, Tensor) throws -> Tensor) throws -> Tensor {
    var values = [graph.input: images]
    for (position, node) in graph.nodes.enumerated() {
      let inputs = node.inputs.map { values[$0]! }
      values[node.output] = try run(
        node, on: inputs, mayOverwrite: overwritable.contains(node.inputs[0]), layer: layer)
      // Memory that is still in the cache is the fastest to use again.
      for name in lastReads[position] { values[name] = nil }
    }
    return values[graph.output]!
  }

  private func run(
    _ node: Node, on inputs: [Tensor], mayOverwrite: Bool, layer: (Node, Tensor) throws -> Tensor
  ) throws -> Tensor {
    switch node.operation {
    case .convolution, .fullyConnected: try layer(node, inputs[0])
    case .relu: try inputs[0].clamped(from: 0, to: .infinity, overwriting: mayOverwrite)
    case .clip(let lowest, let highest):
      try inputs[0].clamped(from: lowest, to: highest, overwriting: mayOverwrite)
    case .add: try inputs[0].adding(inputs[1])
    case .maxPool(let kernel, let stride, let padding):
      try inputs[0].maxPooled(kernel: kernel, stride: stride, padding: padding)
    case .globalAveragePool: try inputs[0].meanPooled()
    case .flatten: try inputs[0].flattened()
    }
  }
}

extension Node {
  /// The layer's arithmetic: a convolution (bias optional) or a matrix product (bias required).
  func product(_ input: Tensor, weight: Tensor, bias: Tensor?) throws -> Tensor {
    switch operation {
    case .convolution(let convolution):
      return try input.convolved(
        with: weight, bias: bias, stride: convolution.stride, padding: convolution.padding,
        groups: convolution.groups)
    case .fullyConnected:
      guard let bias else { preconditionFailure("fully connected layers have a bias") }
      return try input.multiplied(by: weight, bias: bias)
    default:
      preconditionFailure("\(name) has no weights")
    }
  }
}
