import Networks
import Tensors

extension Node {
  /// The axis of a layer's outputs that has its output channels, from the front; nil means the last.
  var channelAxis: Int? { isFullyConnected ? nil : 1 }

  /// Along which axis of its input the layer sums: the channels of a map, the last of a fully connected layer.
  func inputBlocks(_ input: Tensor) -> Tensor.BlockAxis {
    .axis(isFullyConnected ? input.shape.count - 1 : 1)
  }

  var isFullyConnected: Bool { if case .fullyConnected = operation { true } else { false } }
}
