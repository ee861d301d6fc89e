/// A stem, inverted residual bottlenecks, a 1x1 head and a classifier, with ReLU6.
///
/// Sandler et al., "MobileNetV2" (arXiv:1801.04381), table 2. Projections are linear; a
/// bottleneck adds its input where stride is 1 and the channels agree.
struct MobileNetV2 {
  var input: TensorShape
  var stemChannels: Int
  var stemStride: Int
  /// One row of the paper's table 2; only the first bottleneck of a row has the stride.
  var rows: [(expansion: Int, channels: Int, repeats: Int, stride: Int)]
  var headChannels: Int
  var classes: Int

  static let imageNet = MobileNetV2(
    input: TensorShape(channels: 3, height: 224, width: 224), stemChannels: 32, stemStride: 2,
    rows: [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
      (6, 320, 1, 1),
    ],
    headChannels: 1280, classes: 1000)

  /// The same 17 bottlenecks, narrower and with three reductions: 28, 14, 7, 4.
  static let fashion = MobileNetV2(
    input: TensorShape(channels: 1, height: 28, width: 28), stemChannels: 12, stemStride: 1,
    rows: [
      (1, 8, 1, 1), (6, 10, 2, 2), (6, 16, 3, 2), (6, 24, 4, 2), (6, 28, 3, 1), (6, 36, 3, 1), (6, 72, 1, 1),
    ],
    headChannels: 192, classes: 10)

  func graph(name: String) -> Graph {
    var builder = GraphBuilder(name: name, inputShape: input)
    builder.convolution("stem", outputs: stemChannels, kernel: 3, stride: stemStride)
    builder.relu6()
    let bottlenecks = rows.flatMap { row in
      (0..<row.repeats).map { (row.expansion, row.channels, stride: $0 == 0 ? row.stride : 1) }
    }
    for (index, (expansion, channels, stride)) in bottlenecks.enumerated() {
      let block = "block\(index + 1)"
      let shortcut = builder.value
      // The paper's first bottleneck expands by 1, which published implementations leave out.
      if expansion > 1 {
        builder.convolution("\(block).expand", outputs: shortcut.channels * expansion)
        builder.relu6()
      }
      builder.depthwise("\(block).depthwise", stride: stride)
      builder.relu6()
      builder.convolution("\(block).project", outputs: channels)
      if stride == 1, channels == shortcut.channels {
        builder.add("\(block).add", shortcut)
      }
    }
    builder.convolution("head", outputs: headChannels)
    builder.relu6()
    builder.classifier(classes: classes)
    return builder.build()
  }
}
