public import Core

/// Finds the quantizers of a layer's weights.
public enum WeightClipping {
  /// One quantizer per row (output channel) of `weight`, which has `rows` equal rows.
  ///
  /// A channel alone has too few weights for a distribution, so with `.perChannel` the channels are
  /// scaled to their largest weight, their magnitudes counted together, and the one relative clip that
  /// the rule chooses is used for all. A channel of zeros keeps a quantizer of clip 1.
  ///
  /// - Precondition: every weight is finite.
  public static func quantizers(
    for weight: [Float], rows: Int, width: BitWidth, granularity: WeightGranularity,
    rule: ClippingRule = .kullbackLeibler
  ) -> [LinearQuantizer] {
    let length = weight.count / rows
    let largestByRow = (0..<rows).map { row in
      weight[row * length..<(row + 1) * length].lazy.map(abs).max() ?? 0
    }
    let largest = largestByRow.max() ?? 0
    let tops = granularity == .perChannel ? largestByRow : Array(repeating: largest, count: rows)

    var histogram = MagnitudeHistogram(
      top: 1, counts: Array(repeating: 0, count: MagnitudeHistogram.countedBins))
    for (row, top) in tops.enumerated() where top > 0 {
      histogram.add(weight[row * length..<(row + 1) * length].lazy.map { $0 / top })
    }
    let levels = LinearQuantizer.positiveLevels(width, .signed)
    let relativeClip = HistogramClipping(histogram, by: rule).clip(positiveLevels: levels)
    return tops.map {
      LinearQuantizer(clip: $0 > 0 ? $0 * relativeClip : 1, width: width, signedness: .signed)
    }
  }
}
