import Core
import Networks
import RandomNumbers

extension Graph {
  /// The same graph with random weights of the right shapes.
  func withRandomWeights(seed: UInt64) throws -> Graph {
    var generator = SeededGenerator(seed: seed)
    var graph = self
    for layer in try network(batch: 1).layers {
      graph.weights[layer.name] = LayerWeights(
        weight: (0..<layer.weightCount).map { _ in Float.random(in: -1...1, using: &generator) },
        bias: (0..<layer.outputChannels).map { _ in Float.random(in: -1...1, using: &generator) })
    }
    return graph
  }

  /// Every operation once or more, on 10 x 8 maps of two channels.
  static func everyOperation() throws -> Graph {
    var builder = GraphBuilder(
      name: "every-operation", inputShape: TensorShape(channels: 2, height: 10, width: 8))
    builder.convolution("stem", outputs: 6, kernel: 3, stride: 1)
    builder.relu6()
    let shortcut = builder.value
    builder.depthwise("depthwise", stride: 1)
    builder.relu()
    builder.convolution("grouped", outputs: 6, kernel: 1, groups: 2)
    builder.add("sum", shortcut)
    builder.maxPool("reduce", kernel: 3, stride: 2, padding: 1)
    builder.classifier(classes: 5)
    return try builder.build().withRandomWeights(seed: 7)
  }
}
