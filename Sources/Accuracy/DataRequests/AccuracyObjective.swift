/// Which classes are the right ones when accuracy is measured.
public enum AccuracyObjective: String, Hashable, Sendable, CaseIterable {
  /// Those that the data has: accuracy is the top-1 accuracy.
  case labels
  /// Those that the float network finds most likely: accuracy is how often a quantized network agrees with it.
  ///
  /// The data needs no labels.
  case agreement
}
