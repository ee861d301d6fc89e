package import DataRequests

/// Pictures and their classes, ready for a network.
package struct Batch: Sendable {
  /// Image after image, in the layout of the data; channel after channel, row after row where channels are first.
  ///
  /// Bytes become shares of white in 0...1, not centred unless the data is normalised: 8-bit pixels then lie exactly on
  /// an unsigned 8-bit quantizer, as they do in a camera.
  package var pixels: [Float]
  package var labels: [Int64]
  /// The batch, then the extents of an image in the layout of the data.
  package var shape: [Int]
}

extension LabelledImages {
  /// The pictures at `indices`, each moved and mirrored as `augmentation` says.
  ///
  /// Throws `DatasetError` when a file of the data set cannot be read or decoded.
  package func batch(
    at indices: some Collection<Int>, augmentation: (Int) -> Augmentation = { _ in .none }
  ) throws(DatasetError) -> Batch {
    let changes = indices.indices.enumerated().map { augmentation($0.offset) }
    let moved =
      switch content {
      case .bytes(let bytes): move(bytes, at: indices, changes) { Float($0) / 255 }
      case .floats(let floats): move(floats, at: indices, changes) { $0 }
      case .files(let files):
        move(try files.bytes(at: Array(indices)), at: 0..<indices.count, changes) { Float($0) / 255 }
      }
    return Batch(
      pixels: arranged(normalized(moved)), labels: indices.map { Int64(labels[$0]) },
      shape: [indices.count] + input.extents)
  }

  private func move<Pixel>(
    _ pixels: [Pixel], at indices: some Collection<Int>, _ changes: [Augmentation],
    _ value: (Pixel) -> Float
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: indices.count * pixelsPerImage) { out, initialized in
      pixels.withUnsafeBufferPointer { source in
        for (slot, index) in indices.enumerated() {
          let change = changes[slot]
          for plane in 0..<channels {
            for y in 0..<height {
              let row = (index * channels + plane) * height
              let target = ((slot * channels + plane) * height + y) * width
              for x in 0..<width {
                let fromY = y + change.shiftY
                let fromX = (change.mirrored ? width - 1 - x : x) + change.shiftX
                let inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width
                out[target + x] = inside ? value(source[(row + fromY) * width + fromX]) : 0
              }
            }
          }
        }
      }
      initialized = indices.count * pixelsPerImage
    }
  }

  private func normalized(_ pixels: [Float]) -> [Float] {
    guard !normalization.mean.isEmpty else { return pixels }
    var pixels = pixels
    let plane = height * width
    for index in pixels.indices {
      let channel = index / plane % channels
      pixels[index] = (pixels[index] - normalization.mean[channel]) / normalization.deviation[channel]
    }
    return pixels
  }

  /// From channel after channel to the layout of the batch.
  private func arranged(_ pixels: [Float]) -> [Float] {
    guard layout == .channelsLast, channels > 1 else { return pixels }
    let plane = height * width
    return [Float](unsafeUninitializedCapacity: pixels.count) { out, initialized in
      for start in stride(from: 0, to: pixels.count, by: pixelsPerImage) {
        for channel in 0..<channels {
          for position in 0..<plane {
            out[start + position * channels + channel] = pixels[start + channel * plane + position]
          }
        }
      }
      initialized = pixels.count
    }
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

  /// Moves by up to two pixels each way and mirrors every second picture, as far as the kind allows.
  package static func random(
    _ kind: AugmentationKind = .shiftAndMirror, using generator: inout some RandomNumberGenerator
  ) -> Augmentation {
    guard kind != .none else { return .none }
    return Augmentation(
      shiftX: Int.random(in: -2...2, using: &generator), shiftY: Int.random(in: -2...2, using: &generator),
      mirrored: kind == .shiftAndMirror && Bool.random(using: &generator))
  }
}
