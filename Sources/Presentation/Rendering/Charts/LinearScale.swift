import Foundation

/// Positions of values on an even axis.
struct LinearScale {
  private let low: Double
  private let high: Double
  private let start: Double
  private let end: Double

  /// From `start` to `end` in pixels; `values` lie inside.
  init(_ values: [Double], from start: Double, to end: Double) {
    let (least, most) = (values.min() ?? 0, values.max() ?? 1)
    low = least
    high = most > least ? most : least + 1
    self.start = start
    self.end = end
  }

  /// The pixel of `value`.
  func callAsFunction(_ value: Double) -> Double {
    start + (value - low) / (high - low) * (end - start)
  }

  var ticks: [Double] { Self.ticks(in: low...high) }

  /// About five values to be labelled, at steps of 1, 2 or 5 times a power of ten.
  static func ticks(in range: ClosedRange<Double>) -> [Double] {
    let (low, high) = (range.lowerBound, range.upperBound)
    let raw = (high - low) / 5
    let decade = pow(10, log10(raw).rounded(.down))
    let step = decade * ([1, 2, 5].first { raw <= $0 * decade * 1.0001 } ?? 10)
    let first = Int((low / step).rounded(.up))
    let last = Int((high / step).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }
}
