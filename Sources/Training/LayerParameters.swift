import Networks
import Tensors

/// The weight and bias tensors of every layer of a graph, by node name.
package struct LayerParameters {
  package struct Layer {
    package var weight: Tensor
    package var bias: Tensor
  }

  package private(set) var layers: [String: Layer]

  /// Copies the graph's trained numbers.
  ///
  /// - Precondition: the graph has weights for every layer.
  package init(of graph: Graph) throws {
    let shapes = try graph.shapes()
    layers = try graph.layerNodes.reduce(into: [:]) { layers, node in
      let weights = graph.weights[node.name]!
      layers[node.name] = Layer(
        weight: try Tensor(weights.weight, shape: node.weightShape(inputChannels: shapes[node.inputs[0]]!.count(of: node))),
        bias: try Tensor(weights.bias, shape: [weights.bias.count]))
    }
  }

  /// Tensors of their own, to train without touching these.
  package func copy() throws -> LayerParameters {
    var copy = self
    copy.layers = try layers.mapValues { Layer(weight: try $0.weight.copy(), bias: try $0.bias.copy()) }
    return copy
  }

  package subscript(node: String) -> Layer { layers[node]! }
}
