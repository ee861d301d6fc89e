import DataRequests

extension DecodedImage {
  /// A part of this scaled to another size, first the rows, then the columns, bytes in between.
  ///
  /// Nothing else of the scaled image is computed: of a long strip it would be thousands of times as large as the strip.
  /// The bytes are those of Pillow's `resize` (its Resample.c), which nearly every published ImageNet accuracy was
  /// measured with: filters that widen when an image shrinks, weights in 22-bit fixed point.
  ///
  /// - Precondition: both sizes are positive.
  func resized(
    width newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>,
    by interpolation: ImagePreprocessing.Interpolation
  ) -> DecodedImage {
    let across = ResamplingTaps(from: width, to: newWidth, columns, interpolation)
    let down = ResamplingTaps(from: height, to: newHeight, rows, interpolation)
    let needed = down.sources
    let (count, turnedCount) = (columns.count, rows.count)
    let lines = across.apply(
      rgb, start: needed.lowerBound * width * 3, lines: needed.count, lineStride: width * 3, sampleStride: 3)
    // Columns as lines: the result comes column after column and is turned back.
    let turned = down.apply(
      lines, start: -needed.lowerBound * count * 3, lines: count, lineStride: 3, sampleStride: count * 3)
    var pixels = [UInt8](repeating: 0, count: turned.count)
    for x in 0..<count {
      for y in 0..<turnedCount {
        for c in 0..<3 { pixels[(y * count + x) * 3 + c] = turned[(x * turnedCount + y) * 3 + c] }
      }
    }
    return DecodedImage(width: count, height: turnedCount, rgb: pixels)
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

  /// The input samples that any output sample is made of.
  var sources: Range<Int> {
    let first = taps.map(\.first).min() ?? 0
    return first..<(taps.map { $0.first + $0.weights.count }.max() ?? first)
  }

  /// - Parameter outputs: The samples of a line of `newSize` that are wanted.
  init(
    from size: Int, to newSize: Int, _ outputs: Range<Int>, _ interpolation: ImagePreprocessing.Interpolation
  ) {
    guard size != newSize else {
      taps = outputs.map { Tap(first: $0, weights: [1 << Self.fractionBits]) }
      return
    }
    let scale = Double(size) / Double(newSize)
    let widening = max(scale, 1)
    let support = interpolation.support * widening
    taps = outputs.map { output in
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

  /// Lines of three-byte samples, resampled; line after line.
  ///
  /// - Parameter start: Where the first sample of the first line would be.
  func apply(_ source: [UInt8], start: Int, lines: Int, lineStride: Int, sampleStride: Int) -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: lines * taps.count * 3)
    source.withUnsafeBufferPointer { source in
      for line in 0..<lines {
        for (output, tap) in taps.enumerated() {
          for channel in 0..<3 {
            var sum = 1 << (Self.fractionBits - 1)
            var position = start + line * lineStride + tap.first * sampleStride + channel
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
