import DataRequests
import Testing

@Suite("Images that a network takes")
struct ImageInputTests {
  @Test("have the extents of an image in the order of its layout")
  func extents() {
    #expect(ImageInput(channels: 3, height: 4, width: 5).extents == [3, 4, 5])
    #expect(ImageInput(channels: 3, height: 4, width: 5, layout: .channelsLast).extents == [4, 5, 3])
    #expect(ImageInput(channels: 1, height: 4, width: 5, layout: .withoutChannels).extents == [4, 5])
  }

  @Test("say how large images are, and in how many channels")
  func words() {
    #expect("\(ImageInput(channels: 3, height: 224, width: 160))" == "224x160 in 3 channels")
    #expect("\(ImageInput(channels: 1, height: 28, width: 28))" == "28x28 in 1 channel")
  }
}
