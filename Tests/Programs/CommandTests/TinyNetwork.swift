import Core
import Networks
import ONNX

/// A network so small that a search over it takes seconds.
enum TinyNetwork {
  /// Pictures in ten classes; the weights mean nothing.
  ///
  /// - Parameters:
  ///   - scale: Another one gives other weights.
  ///   - shape: Of a picture.
  ///   - channels: Of the inner layers; with many, those take most of the cost.
  static func write(
    to path: String, scale: Float = 100, shape: TensorShape = TensorShape(channels: 1, height: 28, width: 28),
    channels: (depthwise: Int, pointwise: Int) = (4, 8)
  ) throws {
    var builder = GraphBuilder(name: "tiny", inputShape: shape)
    builder.convolution("stem", outputs: channels.depthwise, kernel: 3, stride: 2)
    builder.relu6()
    builder.depthwise("depthwise", stride: 2)
    builder.relu6()
    builder.convolution("pointwise", outputs: channels.pointwise)
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

/// A classifier of all pixels, which has one size of images only.
enum FlattenedNetwork {
  static func write(to path: String) throws {
    let graph = Graph(
      name: "flat", input: "input", inputShape: TensorShape(channels: 1, height: 8, width: 8),
      nodes: [
        Node(name: "flatten", operation: .flatten, inputs: ["input"], output: "flat"),
        Node(name: "classifier", operation: .fullyConnected(outputs: 10), inputs: ["flat"], output: "scores"),
      ], output: "scores",
      weights: [
        "classifier": LayerWeights(
          weight: [Float](repeating: 0.1, count: 640), bias: [Float](repeating: 0, count: 10))
      ])
    try ONNX.write(graph, to: path)
  }
}

/// Pixels, a layer normalization of a map from them with two channels far above the others, and a classifier.
enum NormalizedNetwork {
  static func write(to path: String) throws {
    let width = 16
    var graph = Graph(
      name: "normalized", input: "input", inputShape: TensorShape(channels: 1, height: 28, width: 28),
      nodes: [
        Node(name: "flatten", operation: .flatten, inputs: ["input"], output: "flat"),
        Node(name: "first", operation: .fullyConnected(outputs: width), inputs: ["flat"], output: "map"),
        Node(
          name: "norm", operation: .layerNormalization(axis: 1, epsilon: 1e-5),
          inputs: ["map", "scale", "shift"], output: "normalized"),
        Node(
          name: "classifier", operation: .fullyConnected(outputs: 10), inputs: ["normalized"],
          output: "scores"),
      ], output: "scores",
      weights: [
        "first": LayerWeights(
          weight: (0..<784 * width).map { Float($0 * 37 % 101 - 50) / 1000 },
          bias: [Float](repeating: 0, count: width)),
        "classifier": LayerWeights(
          weight: (0..<10 * width).map { Float($0 * 53 % 97 - 48) / 100 },
          bias: [Float](repeating: 0, count: 10)),
      ])
    graph.constants = [
      "scale": Constant(extents: [width], values: (0..<width).map { $0 % 8 == 3 ? 20 : 1 }),
      "shift": Constant(extents: [width], values: (0..<width).map { Float($0 % 3) / 10 }),
    ]
    try ONNX.write(graph, to: path)
  }
}
