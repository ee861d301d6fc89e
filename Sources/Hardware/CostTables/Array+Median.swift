extension [Double] {
  /// The middle number, the upper of two; nil when there is none.
  package var median: Double? { isEmpty ? nil : sorted()[count / 2] }
}
