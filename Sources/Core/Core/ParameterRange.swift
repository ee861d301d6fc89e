/// The values that a parameter of a spec may reasonably have, for fitting it to measurements.
public struct ParameterRange: Hashable, Sendable {
  /// Which values between the bounds exist.
  public enum Step: String, Hashable, Sendable, Codable, CaseIterable {
    case real
    case whole
    case powerOfTwo = "power-of-two"
  }

  public let low: Double
  public let high: Double
  public let step: Step
  /// Such as `Hz` or `words`, for people.
  public var unit: String?

  /// Nil when there are not at least two values from `low` to `high`, both included.
  public init?(low: Double, high: Double, step: Step, unit: String? = nil) {
    guard low.isFinite, high.isFinite, low < high else { return nil }
    switch step {
    case .real: break
    case .whole:
      guard low == low.rounded(), high == high.rounded() else { return nil }
    case .powerOfTwo:
      guard low > 0, low.significand == 1, high.significand == 1 else { return nil }
    }
    self.low = low
    self.high = high
    self.step = step
    self.unit = unit
  }
}
