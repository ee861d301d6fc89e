import CTorch
import Quantization
import Tensors

extension InputMoments {
  /// How much weights matter beside outputs, as a share of the mean variance of the inputs.
  ///
  /// It keeps weights of dead inputs near their own.
  private static let damping: Float = 0.001
  /// How often scales are fitted to the quantized values, and the values to the scales again.
  private static let fits = 2

  /// The numbers of a layer's quantizer that change its outputs least, and the scales that they are multiples of; outputs
  /// first, as the weights are.
  ///
  /// - Parameters:
  ///   - scales: Of each output; those to begin with.
  ///   - rescales: Whether each output may have a scale of its own.
  func rounded(
    _ weight: Tensor, scales: [Float], quantizedRange range: ClosedRange<Float>, rescales: Bool
  ) throws -> (weight: Tensor, scales: [Float]) {
    let rows = scales.count / groups
    let (own, cross) = try (shrunk(quantized), shrunk(mixed))
    let targets = try weight.reshaped(to: [groups, rows, size]).matrixProduct(with: cross).values()
    let (products, original) = (try own.values(), try weight.values())
    var (rounded, found) = (original, scales)
    for group in 0..<groups {
      let problem = RoundingProblem(
        size: size, moments: Array(products[group * size * size..<(group + 1) * size * size]))
      for row in group * rows..<(group + 1) * rows {
        let place = row * size..<(row + 1) * size
        let target = Array(targets[place])
        var scale = scales[row]
        var codes = original[place].map { value in
          min(max((value / scale).rounded(.toNearestOrEven), range.lowerBound), range.upperBound)
        }
        problem.descend(&codes, target: target, scale: scale, quantizedRange: range)
        for _ in 0..<(rescales ? Self.fits : 0) {
          guard let best = problem.bestScale(of: codes, target: target) else { break }
          scale = best
          problem.descend(&codes, target: target, scale: scale, quantizedRange: range)
        }
        rounded.replaceSubrange(place, with: codes.lazy.map { $0 * scale })
        found[row] = scale
      }
    }
    return (try Tensor(rounded, shape: weight.shape), found)
  }

  /// Moved towards the variances of the quantized inputs alone, by the share size / (size + samples).
  ///
  /// Few samples of many inputs say little about which inputs vary together, and weights would be chosen for the
  /// calibration images alone. Source of shrinking: Ledoit and Wolf, "A well-conditioned estimator for large-dimensional
  /// covariance matrices", 2004; the share is ours.
  private func shrunk(_ moments: Tensor) throws -> Tensor {
    var values = try moments.values()
    let variances = try quantized.values()
    let share = Float(size) / Float(size + samples)
    for index in values.indices { values[index] *= 1 - share }
    for group in 0..<groups {
      let diagonal = (0..<size).map { group * size * size + $0 * (size + 1) }
      let mean = diagonal.reduce(0) { $0 + Double(variances[$1]) } / Double(size)
      // Inputs that are all the same leave nothing to choose by, and weights are rounded to nearest.
      let added = mean > 0 ? Float(mean) * Self.damping : 1
      for place in diagonal {
        values[place] += share * variances[place] + max(added, .leastNormalMagnitude)
      }
    }
    return try Tensor(values, shape: moments.shape)
  }
}
