import COpenBLAS

/// Which integers, times which scale, stand best for the weights of one output channel, judged by the channel's output.
///
/// With inputs x, weights w and their quantized values q times the scale s, the mean squared error of the output is
/// (sq - w)' H (sq - w), where H has the mean products of the inputs. AdaRound (Nagel et al., 2020, arXiv:2004.10568,
/// equation 13) states this problem and relaxes it; here it is descended by one coordinate after another, as in QuantEase
/// (Behdin et al., 2023, arXiv:2309.01885), which never raises the error and needs no rate.
///
/// Where the inputs x^ are themselves quantized, the output of w on x is aimed at: the error is then, but for a constant,
/// sq' H sq - 2 sq' g with H the mean of x^ x^' and g that of x^ x' times w.
public struct RoundingProblem: Sendable {
  /// The number of weights of a channel.
  public let size: Int
  /// H, `size` x `size`, symmetric.
  public let moments: [Float]

  /// - Precondition: `moments` has `size` x `size` numbers, symmetric, with a diagonal above zero.
  public init(size: Int, moments: [Float]) {
    precondition(moments.count == size * size)
    self.size = size
    self.moments = moments
  }

  /// Moves `codes` to where no change of a single one lowers the error, or until `passes` are over.
  ///
  /// - Parameters:
  ///   - codes: The quantized values to start from, as floats.
  ///   - target: g, the products of the inputs with the output that is aimed at.
  public func descend(
    _ codes: inout [Float], target: [Float], scale: Float, quantizedRange: ClosedRange<Float>, passes: Int = 8
  ) {
    precondition(codes.count == size && target.count == size)
    // The residual g - H sq, kept as codes move.
    var residual = target
    codes.withUnsafeMutableBufferPointer { codes in
      residual.withUnsafeMutableBufferPointer { residual in
        moments.withUnsafeBufferPointer { moments in
          func move(_ place: Int, by numbers: Float) {
            cblas_saxpy(
              Int32(size), -numbers, moments.baseAddress.map { $0 + place * size }, 1, residual.baseAddress,
              1)
          }
          for place in 0..<size where codes[place] != 0 { move(place, by: codes[place] * scale) }
          for _ in 0..<passes {
            var isSettled = true
            for place in 0..<size {
              let best = codes[place] + residual[place] / moments[place * size + place] / scale
              let code = min(
                max(best.rounded(.toNearestOrEven), quantizedRange.lowerBound), quantizedRange.upperBound)
              guard code != codes[place], code.isFinite else { continue }
              move(place, by: (code - codes[place]) * scale)
              codes[place] = code
              isSettled = false
            }
            if isSettled { return }
          }
        }
      }
    }
  }

  /// The scale with the least error for `codes`: q'g / q'Hq. Nil where that is no scale, as for codes that are all zero.
  public func bestScale(of codes: [Float], target: [Float]) -> Float? {
    var (numerator, denominator) = (0.0, 0.0)
    for (place, code) in codes.enumerated() where code != 0 {
      numerator += Double(code) * Double(target[place])
      denominator += Double(code) * product(place, codes)
    }
    let scale = Float(numerator / denominator)
    return denominator > 0 && scale.isFinite && scale >= .leastNormalMagnitude ? scale : nil
  }

  /// The error of codes but for a constant: sq' H sq - 2 sq' g.
  public func error(_ codes: [Float], target: [Float], scale: Float) -> Double {
    codes.indices.reduce(0.0) { sum, place in
      let value = Double(codes[place]) * Double(scale)
      return sum + value * (product(place, codes) * Double(scale) - 2 * Double(target[place]))
    }
  }

  /// A row of the moments times codes.
  private func product(_ row: Int, _ codes: [Float]) -> Double {
    moments.withUnsafeBufferPointer { moments in
      cblas_dsdot(Int32(size), moments.baseAddress.map { $0 + row * size }, 1, codes, 1)
    }
  }
}
