import Core
package import Networks
package import Tensors

/// The weight and bias tensors of every layer of a graph, by layer name.
package struct LayerParameters {
  package struct Values {
    package var weight: Tensor
    package var bias: Tensor
  }

  private var layers: [String: Values]

  /// Copies the graph's trained numbers.
  ///
  /// Throws `GraphError` unless every layer has weights of its shape.
  package init(of graph: Graph) throws {
    try graph.validateWeights()
    let extents = try graph.weightExtents()
    layers = try graph.network().layers.reduce(into: [:]) { layers, layer in
      let values = graph.weights[layer.name]!
      layers[layer.name] = Values(
        weight: try Tensor(values.weight, shape: extents[layer.name]!),
        bias: try Tensor(values.bias, shape: [layer.outputChannels]))
    }
  }

  private init(layers: [String: Values]) { self.layers = layers }

  /// Copies, to train without changing these.
  package func copy() throws -> LayerParameters {
    LayerParameters(
      layers: try layers.mapValues { Values(weight: try $0.weight.copy(), bias: try $0.bias.copy()) })
  }

  package internal(set) subscript(layer: String) -> Values {
    get { layers[layer]! }
    set { layers[layer] = newValue }
  }
}
