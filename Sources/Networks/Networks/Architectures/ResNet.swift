/// A 7x7 stem, four stages of residual blocks and a classifier, with ReLU.
///
/// He et al., "Deep Residual Learning" (arXiv:1512.03385), table 1, projections where shapes
/// change (option B). The stride of a bottleneck is in its 3x3 convolution, as in the weights
/// that everybody uses since Torch's fb.resnet: 4.09 G multiply-accumulates, not the paper's 3.8.
struct ResNet {
  enum Block {
    /// Two 3x3 convolutions.
    case plain
    /// 1x1, 3x3, 1x1; the last is four times as wide.
    case bottleneck
  }

  var block: Block
  /// Blocks in each of the four stages.
  var depths: [Int]

  static let eighteen = ResNet(block: .plain, depths: [2, 2, 2, 2])
  static let fifty = ResNet(block: .bottleneck, depths: [3, 4, 6, 3])

  func graph(name: String) -> Graph {
    var builder = GraphBuilder(name: name, inputShape: TensorShape(channels: 3, height: 224, width: 224))
    builder.convolution("stem", outputs: 64, kernel: 7, stride: 2)
    builder.relu()
    builder.maxPool("stem.pool", kernel: 3, stride: 2, padding: 1)
    for (stage, depth) in depths.enumerated() {
      for index in 0..<depth {
        appendBlock(
          "stage\(stage + 1).block\(index + 1)", width: 64 << stage, stride: stage > 0 && index == 0 ? 2 : 1,
          to: &builder)
      }
    }
    builder.classifier(classes: 1000)
    return builder.build()
  }

  private func appendBlock(_ name: String, width: Int, stride: Int, to builder: inout GraphBuilder) {
    let input = builder.value
    switch block {
    case .plain:
      builder.convolution("\(name).conv1", outputs: width, kernel: 3, stride: stride)
      builder.relu()
      builder.convolution("\(name).conv2", outputs: width, kernel: 3)
    case .bottleneck:
      builder.convolution("\(name).conv1", outputs: width)
      builder.relu()
      builder.convolution("\(name).conv2", outputs: width, kernel: 3, stride: stride)
      builder.relu()
      builder.convolution("\(name).conv3", outputs: width * 4)
    }
    let main = builder.value
    var shortcut = input
    if stride > 1 || input.channels != main.channels {
      builder.value = input
      builder.convolution("\(name).downsample", outputs: main.channels, stride: stride)
      shortcut = builder.value
      builder.value = main
    }
    builder.add("\(name).add", shortcut)
    builder.relu()
  }
}
