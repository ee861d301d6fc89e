public import Core

/// The clips of one distribution by one rule, for every width.
public struct HistogramClipping: Sendable {
  private let histogram: MagnitudeHistogram
  private let method: Method

  private enum Method: Sendable {
    case divergence(KullbackLeiblerClipping)
    case squaredError(SquaredErrorClipping)
    /// Whatever the width.
    case fixed(Float)
  }

  /// - Precondition: the number of the histogram's bins is a multiple of `MagnitudeHistogram.defaultBins`.
  public init(_ histogram: MagnitudeHistogram, by rule: ClippingRule) {
    self.histogram = histogram
    method =
      switch rule {
      case .kullbackLeibler:
        .divergence(
          KullbackLeiblerClipping(histogram.merged(to: MagnitudeHistogram.defaultBins)))
      case .meanSquaredError: .squaredError(SquaredErrorClipping(histogram))
      case .percentile(let percent): .fixed(histogram.percentile(percent))
      case .maximum: .fixed(histogram.top)
      }
  }

  /// The clip for a quantizer with `positiveLevels` values above zero; the histogram's top when nothing was counted.
  public func clip(positiveLevels: Int) -> Float {
    switch method {
    case .divergence(let clipping): clipping.clip(positiveLevels: positiveLevels)
    case .squaredError(let clipping): clipping.clip(positiveLevels: positiveLevels)
    case .fixed(let clip): clip
    }
  }
}
