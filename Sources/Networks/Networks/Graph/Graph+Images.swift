public import DataRequests

extension Graph {
  /// The images that the network takes; nil when its input is something else.
  public var imageInput: ImageInput? {
    guard let sample = inputShape.sample else { return nil }
    switch (sample.count, imageLayout) {
    case (3, .channelsLast):
      return ImageInput(channels: sample[2], height: sample[0], width: sample[1], layout: .channelsLast)
    case (3, _): return ImageInput(channels: sample[0], height: sample[1], width: sample[2])
    case (2, _): return ImageInput(channels: 1, height: sample[0], width: sample[1], layout: .withoutChannels)
    default: return nil
    }
  }
}
