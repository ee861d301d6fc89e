import Foundation
import Quantization

/// Kullback-Leibler clipping once more, as slowly and literally as it can be written.
struct DivergenceTwin {
  var counts: [Int64]
  var top: Float

  /// P: the share of each bin.
  private func reference() -> [Double] {
    let total = Double(counts.reduce(0, +))
    return counts.map { Double($0) / total }
  }

  /// Q: what is left once each value is quantized, values beyond the clip the last one,
  /// every point's count spread evenly over the occupied bins whose centres round to it.
  private func candidate(_ end: Int, _ levels: Int) -> [Double] {
    // Quantized values are clip / levels apart; half-way centres round upwards.
    let point = counts.indices.map { min(levels, ((2 * $0 + 1) * levels + end) / (2 * end)) }
    let total = Double(counts.reduce(0, +))
    return counts.indices.map { bin in
      guard counts[bin] > 0 else { return 0 }
      let companions = counts.indices.filter { point[$0] == point[bin] && counts[$0] > 0 }
      return Double(companions.map { counts[$0] }.reduce(0, +)) / Double(companions.count) / total
    }
  }

  func divergence(_ end: Int, _ levels: Int) -> Double {
    zip(reference(), candidate(end, levels)).reduce(0) { sum, pair in
      pair.0 == 0 ? sum : sum + pair.0 * log(pair.0 / pair.1)
    }
  }

  /// The candidates are 128 equal steps of the range.
  func candidates() -> [Int] {
    (1...128).map { $0 * counts.count / 128 }.filter { $0 > 0 }
  }
}
