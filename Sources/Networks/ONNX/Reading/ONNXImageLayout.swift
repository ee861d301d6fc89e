import DataRequests

/// Where a file has the channels of its images.
///
/// ONNX's operators have them first. Files of Keras have them last, and move them as the first thing they do with the input,
/// apart from scaling it, framing it or exchanging its channels. Nothing else in a file tells `N x 32 x 32 x 3` from 32 channels of 32 x 3.
enum ONNXImageLayout {
  /// What may stand between the input and the movement: it leaves the axes where they are.
  private static let keepingAxes: Set<String> = [
    "Add", "Cast", "Clip", "Concat", "DequantizeLinear", "Div", "Gather", "Identity", "Max", "Min",
    "Mul", "Neg", "Pad", "Quant", "QuantizeLinear", "Slice", "Split", "Sub",
  ]

  /// - Parameter extents: The input's dimensions, the batch first; nil are those that the file leaves open.
  static func layout(
    of input: String, extents: [Int?], in nodes: [ONNXNodeProto]
  ) -> ImageInput.Layout {
    guard extents.count == 4 else { return extents.count == 3 ? .withoutChannels : .channelsFirst }
    var untouched: Set<String> = [input]
    var isMoved = false
    for node in nodes where node.input.contains(where: untouched.contains) {
      switch node.opType {
      case "Shape": continue
      case "Transpose" where order(of: node) == [0, 3, 1, 2]: isMoved = true
      // One channel lies in memory as if it were first, so that writers put it there by another name.
      case "Reshape", "Flatten", "Squeeze":
        guard extents[3] == 1, extents[1] != 1 else { return .channelsFirst }
        isMoved = true
      case _ where keepingAxes.contains(node.opType): untouched.formUnion(node.output)
      default: return .channelsFirst
      }
    }
    return isMoved ? .channelsLast : .channelsFirst
  }

  private static func order(of node: ONNXNodeProto) -> [Int64]? {
    node.attribute.first { $0.name == "perm" }?.ints
  }
}
