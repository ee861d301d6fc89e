/// How the clip of a quantizer is chosen from a distribution of magnitudes.
public enum ClippingRule: Hashable, Sendable {
  /// The clip whose quantized distribution diverges least from the original one (HAQ, section 3.4).
  case kullbackLeibler
  /// The clip with the least mean squared error of rounding and clipping together.
  case meanSquaredError
  /// The given percentile of the nonzero magnitudes, above 0 and at most 100.
  case percentile(Double)
  /// The largest magnitude: nothing is clipped.
  case maximum

  /// The share that `percentile` without a number means.
  public static let defaultPercentile = 99.9

  /// Reads `kl`, `mse`, `percentile`, `percentile:99.5` or `max`; nil when the text is none of them.
  public init?(_ text: String) {
    switch text {
    case "kl": self = .kullbackLeibler
    case "mse": self = .meanSquaredError
    case "max": self = .maximum
    case "percentile": self = .percentile(Self.defaultPercentile)
    default:
      guard text.hasPrefix("percentile:"), let percent = Double(text.dropFirst("percentile:".count)),
        percent > 0, percent <= 100
      else { return nil }
      self = .percentile(percent)
    }
  }
}

extension ClippingRule: CustomStringConvertible {
  public var description: String {
    switch self {
    case .kullbackLeibler: "kl"
    case .meanSquaredError: "mse"
    case .percentile(let percent): "percentile:\(percent)"
    case .maximum: "max"
    }
  }
}
