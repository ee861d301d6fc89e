/// A stem, depthwise separable blocks and a classifier, with ReLU after each convolution.
///
/// Howard et al., "MobileNets" (arXiv:1704.04861), table 1.
struct MobileNetV1 {
  var input: TensorShape
  var stemChannels: Int
  var stemStride: Int
  /// Output channels and stride of each block.
  var blocks: [(channels: Int, stride: Int)]
  var classes: Int

  static let imageNet = MobileNetV1(
    input: TensorShape(channels: 3, height: 224, width: 224), stemChannels: 32, stemStride: 2,
    blocks: [
      (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1),
      (512, 1), (1024, 2), (1024, 1),
    ],
    classes: 1000)

  /// The same 13 blocks, narrower and with three reductions: 28, 14, 7, 4.
  static let fashion = MobileNetV1(
    input: TensorShape(channels: 1, height: 28, width: 28), stemChannels: 16, stemStride: 1,
    blocks: [
      (32, 2), (40, 1), (40, 1), (64, 2), (64, 1), (80, 1), (80, 1), (80, 1), (80, 1), (80, 1), (80, 1),
      (160, 2), (160, 1),
    ],
    classes: 10)

  func graph(name: String) -> Graph {
    var builder = GraphBuilder(name: name, inputShape: input)
    builder.convolution("stem", outputs: stemChannels, kernel: 3, stride: stemStride)
    builder.relu()
    for (index, block) in blocks.enumerated() {
      builder.depthwise("block\(index + 1).depthwise", stride: block.stride)
      builder.relu()
      builder.convolution("block\(index + 1).pointwise", outputs: block.channels)
      builder.relu()
    }
    builder.classifier(classes: classes)
    return builder.build()
  }
}
