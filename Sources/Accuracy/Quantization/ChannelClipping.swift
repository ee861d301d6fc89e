public import Core

/// Finds a clip of its own for the weights of each output channel.
public enum ChannelClipping {
  /// Shares of a channel's largest weight that are tried as its clip.
  private static let shares = (30...100).reversed().map { Float($0) / 100 }

  /// One quantizer for each of `rows` equal rows of `weight`: that with the least squared error of rounding and clipping,
  /// the widest of equally good ones. A channel of zeros keeps a quantizer of clip 1.
  ///
  /// - Precondition: every weight is finite, and the width is legal for signed values.
  public static func quantizers(for weight: [Float], rows: Int, width: BitWidth) -> [LinearQuantizer] {
    let length = weight.count / rows
    return (0..<rows).map { row in
      let channel = Array(weight[row * length..<(row + 1) * length])
      guard let largest = channel.lazy.map(abs).max(), largest > 0 else {
        return LinearQuantizer(clip: 1, width: width, signedness: .signed)
      }
      let candidates = shares.map { share in
        let clip = max(largest * share, .leastNonzeroMagnitude)
        return LinearQuantizer(clip: clip, width: width, signedness: .signed)
      }
      let errors = candidates.map { $0.squaredError(channel) }
      return candidates[errors.indices.min { errors[$0] < errors[$1] } ?? 0]
    }
  }
}

extension LinearQuantizer {
  /// Of rounding and clipping, added up.
  fileprivate func squaredError(_ values: [Float]) -> Double {
    let (scale, reciprocal, lowest, highest) = (
      scale, 1 / scale, quantizedRange.lowerBound, quantizedRange.upperBound
    )
    var sum = 0.0
    values.withUnsafeBufferPointer { values in
      for value in values {
        let code = min(max((value * reciprocal).rounded(.toNearestOrEven), lowest), highest)
        let difference = Double(code * scale - value)
        sum += difference * difference
      }
    }
    return sum
  }
}
