/// Which classes are the right ones when accuracy is measured.
public enum AccuracyObjective: String, Hashable, Sendable, CaseIterable {
  /// Those that the data has: accuracy is the top-1 accuracy.
  case labels
  /// Those that the float network finds most likely: accuracy is how often a quantized network agrees with it.
  ///
  /// The data needs no labels.
  case agreement
  /// The same classes, and accuracy is exp(-D), with D the mean divergence of the class probabilities from the float
  /// network's, in nats.
  ///
  /// It tells policies apart that agree equally often; no divergence is 1, and 0.01 nats are 0.99.
  case divergence

  /// Whether the data's own labels count.
  public var needsLabels: Bool { self == .labels }

  /// What accuracy is called; nil where it is the top-1 accuracy.
  public var metric: String? {
    switch self {
    case .labels: nil
    case .agreement: "agreement"
    case .divergence: "fidelity"
    }
  }
}
