import Foundation

/// What quantization with a zero point loses of a distribution: KL(P || Q) as in `KullbackLeiblerClipping`, with bins on
/// both sides of zero.
///
/// The values that are rounded to zero come from both sides.
public struct TwoSidedDivergence: Sendable {
  private let sides: [Side]
  /// Sum of n * log(n) over all bins.
  private let entropy: Double
  private let total: Double

  /// The count and the number of occupied bins of some bins.
  private struct Run {
    var count = 0.0
    var occupied = 0

    /// n * log(n / bins): what Q, spread evenly over the occupied bins, takes off the entropy.
    var term: Double { count > 0 ? count * log(count / Double(occupied)) : 0 }
  }

  private struct Side: Sendable {
    private var countBelow = [0.0]
    private var occupiedBelow = [0]
    private var bins: Int { countBelow.count - 1 }
    var binCount: Double { Double(bins) }

    init(_ counts: [Int64]) {
      for count in counts {
        countBelow.append(countBelow[countBelow.count - 1] + Double(count))
        occupiedBelow.append(occupiedBelow[occupiedBelow.count - 1] + (count > 0 ? 1 : 0))
      }
    }

    var total: Double { countBelow[bins] }

    /// The bins whose centres are rounded to zero, and the terms of all others. `step` is in bins.
    func runs(step: Double, levels: Int) -> (zero: Run, others: Double) {
      var (zero, others) = (Run(), 0.0)
      var start = 0
      while start < bins {
        // Half-way centres go up, as on one side.
        let nearest = min(Double(levels), ((Double(start) + 0.5) / step + 0.5).rounded(.down))
        let next = min(Double(bins), ((nearest + 0.5) * step - 0.5).rounded(.up))
        let stop = nearest == Double(levels) ? bins : max(start + 1, Int(next))
        let run = Run(
          count: countBelow[stop] - countBelow[start], occupied: occupiedBelow[stop] - occupiedBelow[start])
        if nearest == 0 { zero = run } else { others += run.term }
        start = stop
      }
      return (zero, others)
    }
  }

  public init(_ histogram: TwoSidedHistogram) {
    sides = [Side(histogram.below.counts), Side(histogram.above.counts)]
    total = sides.reduce(0) { $0 + $1.total }
    entropy = (histogram.below.counts + histogram.above.counts).reduce(0) {
      $1 > 0 ? $0 + Double($1) * log(Double($1)) : $0
    }
  }

  /// In nats; 0 when nothing was counted.
  ///
  /// - Parameter step: The distance of two quantized values as a share of the histogram's top, above zero.
  public func callAsFunction(step: Double, levelsBelow: Int, levelsAbove: Int) -> Double {
    guard total > 0 else { return 0 }
    var zero = Run()
    var sum = entropy
    for (side, levels) in zip(sides, [levelsBelow, levelsAbove]) {
      let runs = side.runs(step: step * side.binCount, levels: levels)
      zero.count += runs.zero.count
      zero.occupied += runs.zero.occupied
      sum -= runs.others
    }
    return (sum - zero.term) / total
  }
}
