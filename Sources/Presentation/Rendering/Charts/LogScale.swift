import Foundation

/// Positions of positive values on an axis of decades.
struct LogScale {
  private let low: Double
  private let high: Double
  private let start: Double
  private let end: Double

  /// From `start` to `end` in pixels, over all of `values` with some room on both sides.
  init(_ values: [Double], from start: Double, to end: Double) {
    let positive = values.filter { $0 > 0 && $0.isFinite }
    let least = log10(positive.min() ?? 1)
    let most = log10(positive.max() ?? 10)
    let room = max(0.08, (most - least) * 0.05)
    low = least - room
    high = most + room
    self.start = start
    self.end = end
  }

  /// The pixel of `value`.
  func callAsFunction(_ value: Double) -> Double {
    start + (log10(value) - low) / (high - low) * (end - start)
  }

  var range: ClosedRange<Double> { pow(10, low)...pow(10, high) }

  /// Values to be labelled: powers of ten, with others between them where there is room, and even steps where
  /// the values lie close together.
  var ticks: [Double] {
    let decades = Int(low.rounded(.down))...Int(high.rounded(.up))
    let steps: [Double] = high - low > 3 ? [1] : high - low > 1.2 ? [1, 3] : [1, 2, 3, 5, 7]
    let round = decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
      .filter { range.contains($0) }
    return round.count > 1 ? round : LinearScale.ticks(in: range)
  }
}
