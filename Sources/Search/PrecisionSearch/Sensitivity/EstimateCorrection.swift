import Foundation

/// What measurements say of estimates that were not measured: measured = factor * estimated^exponent, by least squares
/// of logarithms.
///
/// Estimates of few bits are off the most, and in one direction in most networks, since rounding errors of their size are
/// beyond the second order; an exponent other than 1 corrects that.
package struct EstimateCorrection {
  private var logarithm = 0.0
  private var exponent = 1.0

  /// Smaller increases are chance, in nats.
  private static let least = 1e-6
  /// With fewer pairs, estimates stay as they are.
  private static let fewest = 4

  /// - Parameter pairs: Estimated and measured.
  package init(_ pairs: [(estimated: Double, measured: Double)]) {
    let logarithms = pairs.filter { min($0.estimated, $0.measured) > Self.least }.map {
      (x: log($0.estimated), y: log($0.measured))
    }.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    guard logarithms.count >= Self.fewest else { return }
    let count = Double(logarithms.count)
    let x = logarithms.reduce(0) { $0 + $1.x } / count
    let y = logarithms.reduce(0) { $0 + $1.y } / count
    let variance = logarithms.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    let covariance = logarithms.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
    // Pairs that are all alike have no slope.
    exponent = variance > count * 0.01 ? min(max(covariance / variance, 0.25), 2) : 1
    logarithm = y - exponent * x
  }

  package func value(_ estimated: Double) -> Double {
    estimated > Self.least ? exp(logarithm + exponent * log(estimated)) : max(0, estimated)
  }
}
