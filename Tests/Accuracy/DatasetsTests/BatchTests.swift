import DataRequests
import Datasets
import RandomNumbers
import Testing

@Suite struct BatchTests {
  /// Two pictures of 2 rows and 3 columns, the second a hundred brighter.
  private let images = LabelledImages(
    channels: 1, height: 2, width: 3, classCount: 3,
    pixels: [1, 2, 3, 4, 5, 6, 101, 102, 103, 104, 105, 106], labels: [2, 0])

  /// The first picture's bytes after a change.
  private func changed(x: Int = 0, y: Int = 0, mirrored: Bool = false) throws -> [Int] {
    let batch = try images.batch(at: [0]) { _ in Augmentation(shiftX: x, shiftY: y, mirrored: mirrored) }
    return batch.pixels.map { Int(($0 * 255).rounded()) }
  }

  @Test("pixels become shares of white, in the order asked for")
  func plain() throws {
    let batch = try images.batch(at: [1, 0, 1])
    #expect(batch.shape == [3, 1, 2, 3])
    #expect(batch.labels == [0, 2, 0])
    #expect(batch.pixels[0] == Float(101) / 255)
    #expect(batch.pixels[6] == Float(1) / 255)
    #expect(batch.pixels[17] == Float(106) / 255)
  }

  @Test("a shift reads from beside and fills with black")
  func shifts() throws {
    #expect(try changed() == [1, 2, 3, 4, 5, 6])
    #expect(try changed(x: 1) == [2, 3, 0, 5, 6, 0])
    #expect(try changed(x: -1) == [0, 1, 2, 0, 4, 5])
    #expect(try changed(y: 1) == [4, 5, 6, 0, 0, 0])
    #expect(try changed(y: -1) == [0, 0, 0, 1, 2, 3])
    #expect(try changed(x: 3) == [0, 0, 0, 0, 0, 0])
    #expect(try changed(x: -1, y: 1) == [0, 4, 5, 0, 0, 0])
  }

  @Test("a mirror exchanges left and right; a shift moves before it")
  func mirror() throws {
    #expect(try changed(mirrored: true) == [3, 2, 1, 6, 5, 4])
    #expect(try changed(x: 1, mirrored: true) == [0, 3, 2, 0, 6, 5])
  }

  @Test("each slot has its own change")
  func slots() throws {
    let batch = try images.batch(at: [0, 0]) { Augmentation(shiftX: 0, shiftY: 0, mirrored: $0 == 1) }
    #expect(batch.pixels.map { Int(($0 * 255).rounded()) } == [1, 2, 3, 4, 5, 6, 3, 2, 1, 6, 5, 4])
  }

  @Test("channels stay apart")
  func channels() throws {
    let colour = LabelledImages(
      channels: 2, height: 1, width: 2, classCount: 1, pixels: [1, 2, 3, 4], labels: [0])
    let batch = try colour.batch(at: [0]) { _ in Augmentation(shiftX: 1, shiftY: 0, mirrored: false) }
    #expect(batch.pixels.map { Int(($0 * 255).rounded()) } == [2, 0, 4, 0])
  }

  @Test("channels are where the network has them, after shifts and normalisation")
  func layouts() throws {
    // Two pixels in three channels: red 1 and 2, green 3 and 4, blue 5 and 6.
    var colour = LabelledImages(
      channels: 3, height: 1, width: 2, classCount: 1, content: .floats([1, 2, 3, 4, 5, 6]), labels: [0])
    colour.layout = .channelsLast
    let batch = try colour.batch(at: [0, 0]) { Augmentation(shiftX: 0, shiftY: 0, mirrored: $0 == 1) }
    #expect(batch.shape == [2, 1, 2, 3])
    #expect(batch.pixels == [1, 3, 5, 2, 4, 6, 2, 4, 6, 1, 3, 5])
    colour.normalization = Normalization(mean: [1, 0, 0], deviation: [1, 3, 5])
    #expect(try colour[0..<1].batch(at: [0]).pixels == [0, 1, 1, 1, Float(4) / 3, Float(6) / 5])
    var grey = images
    grey.layout = .withoutChannels
    let plain = try grey.picking([1]).batch(at: [0])
    #expect(plain.shape == [1, 2, 3] && plain.pixels[0] == Float(101) / 255)
  }

  @Test("random changes move by up to two pixels and mirror, all of them in time")
  func random() {
    var generator = SeededGenerator(seed: 1)
    let changes = Set((0..<2000).map { _ in Augmentation.random(using: &generator) })
    // 5 x 5 shifts, mirrored or not; each of 50 comes 40 times in 2000 on average.
    #expect(changes.count == 50)
    #expect(changes.allSatisfy { (-2...2).contains($0.shiftX) && (-2...2).contains($0.shiftY) })
  }

  @Test("a range of images keeps pixels and labels together")
  func range() {
    let second = images[1..<2]
    #expect(second.count == 1)
    #expect(second.bytes == [101, 102, 103, 104, 105, 106])
    #expect(second.labels == [0])
  }
}

extension LabelledImages {
  /// The pixels of images that are bytes.
  var bytes: [UInt8]? {
    if case .bytes(let bytes) = content { bytes } else { nil }
  }
}
