package import DataRequests

extension DecodedImage {
  /// Scaled to another size, first the rows, then the columns, bytes in between.
  ///
  /// The bytes are those of Pillow's `resize` (its Resample.c), which nearly every published ImageNet accuracy was
  /// measured with: filters that widen when an image shrinks, weights in 22-bit fixed point.
  ///
  /// - Precondition: both sizes are positive.
  package func resized(
    width newWidth: Int, height newHeight: Int, by interpolation: ImagePreprocessing.Interpolation
  ) -> DecodedImage {
    var image = self
    if newWidth != width {
      let taps = ResamplingTaps(from: width, to: newWidth, interpolation)
      image = DecodedImage(
        width: newWidth, height: height,
        rgb: taps.apply(rgb, lines: height, lineStride: width * 3, sampleStride: 3))
    }
    if newHeight != height {
      let taps = ResamplingTaps(from: height, to: newHeight, interpolation)
      // Columns as lines: the result comes column after column and is turned back.
      let columns = taps.apply(image.rgb, lines: newWidth, lineStride: 3, sampleStride: newWidth * 3)
      var rows = [UInt8](repeating: 0, count: columns.count)
      for x in 0..<newWidth {
        for y in 0..<newHeight {
          for c in 0..<3 { rows[(y * newWidth + x) * 3 + c] = columns[(x * newHeight + y) * 3 + c] }
        }
      }
      image = DecodedImage(width: newWidth, height: newHeight, rgb: rows)
    }
    return image
  }
}

/// For each output sample of a line, the input samples it is made of and their weights.
private struct ResamplingTaps {
  private struct Tap {
    var first: Int
    var weights: [Int]
  }

  private static let fractionBits = 22
  private let taps: [Tap]

  init(from size: Int, to newSize: Int, _ interpolation: ImagePreprocessing.Interpolation) {
    let scale = Double(size) / Double(newSize)
    let widening = max(scale, 1)
    let support = interpolation.support * widening
    taps = (0..<newSize).map { output in
      let centre = (Double(output) + 0.5) * scale
      let first = max(0, Int(centre - support + 0.5))
      let end = min(size, Int(centre + support + 0.5))
      let weights = (first..<end).map { interpolation.weight(at: (Double($0) - centre + 0.5) / widening) }
      let sum = weights.reduce(0, +)
      return Tap(
        first: first,
        weights: weights.map { weight in
          let scaled = weight / sum * Double(1 << Self.fractionBits)
          return Int(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
        })
    }
  }

  /// Every line of three-byte samples, resampled; line after line.
  func apply(_ source: [UInt8], lines: Int, lineStride: Int, sampleStride: Int) -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: lines * taps.count * 3)
    source.withUnsafeBufferPointer { source in
      for line in 0..<lines {
        for (output, tap) in taps.enumerated() {
          for channel in 0..<3 {
            var sum = 1 << (Self.fractionBits - 1)
            var position = line * lineStride + tap.first * sampleStride + channel
            for weight in tap.weights {
              sum += Int(source[position]) * weight
              position += sampleStride
            }
            pixels[(line * taps.count + output) * 3 + channel] =
              UInt8(clamping: sum >> Self.fractionBits)
          }
        }
      }
    }
    return pixels
  }
}

extension ImagePreprocessing.Interpolation {
  /// Half the width of the filter, in input samples of an image that does not shrink.
  fileprivate var support: Double {
    switch self {
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  /// The filter at a distance; bicubic is Keys' (1981) with a = -1/2.
  fileprivate func weight(at distance: Double) -> Double {
    let x = abs(distance)
    guard x < support else { return 0 }
    switch self {
    case .bilinear: return 1 - x
    case .bicubic:
      let a = -0.5
      return x < 1
        ? ((a + 2) * x - (a + 3)) * x * x + 1
        : (((x - 5) * x + 8) * x - 4) * a
    }
  }
}
