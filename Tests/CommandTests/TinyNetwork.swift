import HardwareModel
import Networks

/// A network so small that a search over it takes seconds.
enum TinyNetwork {
  /// Grey pictures of 28x28 in ten classes; the weights mean nothing.
  ///
  /// - Parameter scale: Another one gives other weights.
  static func write(to path: String, scale: Float = 100) throws {
    var builder = GraphBuilder(name: "tiny", inputShape: TensorShape(channels: 1, height: 28, width: 28))
    builder.convolution("stem", outputs: 4, kernel: 3, stride: 2)
    builder.relu6()
    builder.depthwise("depthwise", stride: 2)
    builder.relu6()
    builder.convolution("pointwise", outputs: 8)
    builder.relu6()
    builder.classifier(classes: 10)
    var graph = builder.build()
    for layer in try graph.network().layers {
      graph.weights[layer.name] = LayerWeights(
        weight: (0..<layer.weightCount).map { Float($0 * 37 % 101 - 50) / scale },
        bias: (0..<layer.outputChannels).map { Float($0 % 3) / 10 })
    }
    try ONNX.write(graph, to: path)
  }
}
