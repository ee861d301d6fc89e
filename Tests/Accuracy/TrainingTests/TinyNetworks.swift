import Core
import Datasets
import Networks
import RandomNumbers
import Training

/// Repeatable numbers in -1...1, none of them special.
func numbers(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
}

extension Graph {
  /// The same graph with repeatable weights and biases.
  func withWeights(seed: UInt64 = 1) throws -> Graph {
    var graph = self
    for (index, layer) in try network().layers.enumerated() {
      graph.weights[layer.name] = LayerWeights(
        weight: numbers(layer.weightCount, seed: seed &+ UInt64(index)),
        bias: numbers(layer.outputChannels, seed: seed &+ 100 &+ UInt64(index)))
    }
    return graph
  }

  /// A convolution, a depthwise one, a 1x1 one, a sum, and a classifier of three classes; 6x6 grey pictures.
  static var residual: Graph {
    var builder = GraphBuilder(name: "residual", inputShape: TensorShape(channels: 1, height: 6, width: 6))
    builder.convolution("stem", outputs: 4, kernel: 3)
    builder.relu6()
    let before = builder.value
    builder.depthwise("depthwise", stride: 1)
    builder.relu6()
    builder.convolution("project", outputs: 4)
    builder.add("sum", before)
    builder.convolution("head", outputs: 5)
    builder.relu()
    builder.classifier(classes: 3)
    return builder.build()
  }
}

extension LabelledImages {
  /// 6x6 pictures of three classes: dark, half bright, bright, each with noise of one tenth.
  static func brightness(count: Int, seed: UInt64 = 1) -> LabelledImages {
    var generator = SeededGenerator(seed: seed)
    let labels = (0..<count).map { Int32($0 % 3) }
    let pixels = labels.flatMap { label in
      (0..<36).map { _ in UInt8(Int(label) * 110 + Int.random(in: 0...25, using: &generator)) }
    }
    return LabelledImages(channels: 1, height: 6, width: 6, classCount: 3, pixels: pixels, labels: labels)
  }
}

/// The largest difference between two lists of one length; infinite when the lengths differ.
func distance(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { abs($0 - $1) }.max() ?? 0
}
