/// Pictures and their classes, ready for a network.
package struct Batch: Sendable {
  /// Shares of white in 0...1, image after image, channel after channel, row after row.
  ///
  /// Not centred: 8-bit pixels then lie exactly on an unsigned 8-bit grid, as they do in a camera.
  package var pixels: [Float]
  package var labels: [Int64]
  /// Batch, channels, height, width.
  package var shape: [Int]
}

extension LabelledImages {
  /// The pictures at `indices`, each moved and mirrored as `augmentation` says.
  package func batch(
    at indices: some Collection<Int>, augmentation: (Int) -> Augmentation = { _ in .none }
  ) -> Batch {
    var batch = Batch(
      pixels: [], labels: indices.map { Int64(labels[$0]) }, shape: [indices.count, channels, height, width])
    batch.pixels = [Float](unsafeUninitializedCapacity: indices.count * pixelsPerImage) { out, initialized in
      pixels.withUnsafeBufferPointer { source in
        for (slot, index) in indices.enumerated() {
          let change = augmentation(slot)
          for plane in 0..<channels {
            for y in 0..<height {
              let row = (index * channels + plane) * height
              let target = ((slot * channels + plane) * height + y) * width
              for x in 0..<width {
                let fromY = y + change.shiftY
                let fromX = (change.mirrored ? width - 1 - x : x) + change.shiftX
                let inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width
                let value = inside ? Float(source[(row + fromY) * width + fromX]) : 0
                out[target + x] = value / 255
              }
            }
          }
        }
      }
      initialized = indices.count * pixelsPerImage
    }
    return batch
  }
}

/// A small change of a picture that leaves its class alone.
package struct Augmentation: Hashable, Sendable {
  package var shiftX: Int
  package var shiftY: Int
  package var mirrored: Bool

  package init(shiftX: Int, shiftY: Int, mirrored: Bool) {
    self.shiftX = shiftX
    self.shiftY = shiftY
    self.mirrored = mirrored
  }

  package static let none = Augmentation(shiftX: 0, shiftY: 0, mirrored: false)

  /// Moves by up to two pixels each way and mirrors every second picture.
  package static func random(using generator: inout some RandomNumberGenerator) -> Augmentation {
    Augmentation(
      shiftX: Int.random(in: -2...2, using: &generator), shiftY: Int.random(in: -2...2, using: &generator),
      mirrored: Bool.random(using: &generator))
  }
}
