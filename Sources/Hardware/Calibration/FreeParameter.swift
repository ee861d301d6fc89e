public import Core
import Foundation

/// A parameter to be fitted, and how an optimizer sees it: as a coordinate from 0 to 1.
public struct FreeParameter: Hashable, Sendable {
  /// Dotted, as in `Parameter`.
  public var key: String
  public var range: ParameterRange

  public init(key: String, range: ParameterRange) {
    self.key = key
    self.range = range
  }

  var isDiscrete: Bool { range.step != .real }

  /// Scales of hardware are ratios: a range of a decade or more is walked in ratios, not in differences.
  private var isLogarithmic: Bool {
    range.step == .powerOfTwo || (range.low > 0 && range.high / range.low >= 10)
  }

  /// The legal value nearest to `coordinate`, which is held within 0 to 1.
  func value(at coordinate: Double) -> Double {
    let share = min(1, max(0, coordinate))
    let raw =
      isLogarithmic
      ? exp(log(range.low) + share * (log(range.high) - log(range.low)))
      : range.low + share * (range.high - range.low)
    return legal(raw)
  }

  /// Where `value` lies; beyond the bounds it is held at them.
  func coordinate(of value: Double) -> Double {
    let held = min(range.high, max(range.low, value))
    return isLogarithmic
      ? (log(held) - log(range.low)) / (log(range.high) - log(range.low))
      : (held - range.low) / (range.high - range.low)
  }

  /// The legal value nearest to `value`.
  func legal(_ value: Double) -> Double {
    let held = min(range.high, max(range.low, value))
    switch range.step {
    case .real: return held
    case .whole: return held.rounded()
    case .powerOfTwo: return exp2(log2(held).rounded())
    }
  }

  /// The value `steps` steps up, down when negative; nil beyond the bounds. A step of a real one is 1 %.
  func moved(_ value: Double, by steps: Int) -> Double? {
    let next =
      switch range.step {
      case .real: value + Double(steps) * 0.01 * max(abs(value), (range.high - range.low) * 1e-3)
      case .whole: value + Double(steps)
      case .powerOfTwo: value * exp2(Double(steps))
      }
    return (range.low...range.high).contains(next) ? next : nil
  }

  /// Whether `value` is a bound, or as good as one.
  func isOnBound(_ value: Double) -> Bool {
    isDiscrete
      ? value == range.low || value == range.high
      : coordinate(of: value) < 1e-3 || coordinate(of: value) > 1 - 1e-3
  }
}
