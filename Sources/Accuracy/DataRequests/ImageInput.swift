/// The images that a network takes.
public struct ImageInput: Hashable, Sendable {
  public var channels: Int
  public var height: Int
  public var width: Int
  public var layout: Layout

  /// The order of dimensions in a batch, which comes first.
  public enum Layout: String, Hashable, Sendable {
    /// As PyTorch has it.
    case channelsFirst = "nchw"
    /// As TensorFlow and Keras have it.
    case channelsLast = "nhwc"
    /// Grey images, whose one channel has no dimension.
    case withoutChannels = "nhw"
  }

  public init(channels: Int, height: Int, width: Int, layout: Layout = .channelsFirst) {
    (self.channels, self.height, self.width, self.layout) = (channels, height, width, layout)
  }

  /// The extents of one image in the order of its layout.
  public var extents: [Int] {
    switch layout {
    case .channelsFirst: [channels, height, width]
    case .channelsLast: [height, width, channels]
    case .withoutChannels: [height, width]
    }
  }
}

extension ImageInput: CustomStringConvertible {
  /// `224x224 in 3 channels`.
  public var description: String { "\(height)x\(width) in \(channels) channel\(channels == 1 ? "" : "s")" }
}
