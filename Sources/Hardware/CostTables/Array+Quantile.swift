extension [Double] {
  /// The value in the middle, or the mean of the two there; nil for none.
  package var middle: Double? { quantile(0.5) }

  /// The value below which a share of all lie, linear between neighbours; nil for none.
  ///
  /// - Parameter share: 0 to 1.
  package func quantile(_ share: Double) -> Double? {
    guard let last = indices.last else { return nil }
    let ordered = sorted()
    let place = Swift.min(1, Swift.max(0, share)) * Double(last)
    let low = Int(place)
    return ordered[low] + (ordered[Swift.min(low + 1, last)] - ordered[low]) * (place - Double(low))
  }
}
