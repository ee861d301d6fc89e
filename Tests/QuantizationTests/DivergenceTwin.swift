import Foundation
import Quantization

/// Kullback-Leibler clipping once more, as slowly and literally as it can be written.
struct DivergenceTwin {
  var counts: [Int64]
  var top: Float

  /// P: the histogram up to the clip, with all that lies beyond in its last bin.
  private func reference(_ end: Int) -> [Double] {
    var shares = counts[..<end].map(Double.init)
    for bin in end..<counts.count { shares[end - 1] += Double(counts[bin]) }
    let total = shares.reduce(0, +)
    return shares.map { $0 / total }
  }

  /// Q: what is left of the bins below the clip once each value has become its grid point, every
  /// point's count spread evenly over the occupied bins whose centres round to it.
  private func candidate(_ end: Int, _ levels: Int) -> [Double] {
    var shares = Array(repeating: 0.0, count: end)
    // Grid points are clip / levels apart; half-way centres round upwards.
    let point = (0..<end).map { ((2 * $0 + 1) * levels + end) / (2 * end) }
    for bin in 0..<end where counts[bin] > 0 {
      let companions = (0..<end).filter { point[$0] == point[bin] && counts[$0] > 0 }
      shares[bin] = Double(companions.map { counts[$0] }.reduce(0, +)) / Double(companions.count)
    }
    let total = shares.reduce(0, +)
    return shares.map { $0 / total }
  }

  func divergence(_ end: Int, _ levels: Int) -> Double {
    zip(reference(end), candidate(end, levels)).reduce(0) { sum, pair in
      pair.0 == 0 ? sum : sum + pair.0 * log(pair.0 / max(pair.1, 1e-12))
    }
  }

  /// The candidates are 128 equal steps of the range, those without any count left out.
  func candidates() -> [Int] {
    (1...128).map { $0 * counts.count / 128 }
      .filter { end in end > 0 && counts[..<end].contains { $0 > 0 } }
  }
}
