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
  }

  /// The class scores of `images`, a tensor of batch x channels x height x width.
  ///
  /// - Parameter layer: computes a convolution or fully connected node from its input.
  func scores(of images: Tensor, layer: (Node, Tensor) throws -> Tensor) throws -> Tensor {
    var values = [graph.input: images]
    for (position, node) in graph.nodes.enumerated() {
      let inputs = node.inputs.map { values[$0]! }
      // The images are the caller's.
      let isOurs = node.inputs[0] != graph.input && lastReads[position].contains(node.inputs[0])
      values[node.output] = try run(node, on: inputs, mayOverwrite: isOurs, layer: layer)
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
