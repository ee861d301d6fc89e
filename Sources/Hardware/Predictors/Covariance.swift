import Foundation

/// How alike the errors of two layers are expected to be: a Matern kernel of order 5/2 with a length for each feature
/// (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equation 4.17), and noise.
///
///     k(d) = signal^2 (1 + r + r^2 / 3) e^-r, r = sqrt(5) d, d^2 = sum over features of (difference / length)^2
struct Covariance: Hashable, Sendable, Codable {
  /// In standard deviations of the feature.
  var lengths: [Double]
  /// Standard deviations of logarithms.
  var signal: Double
  var noise: Double

  /// Between all pairs of `rows`; the lower half, which a factorization reads.
  func lowerKernel(_ rows: ScaledFeatures) -> [Double] {
    let count = rows.count
    var values = SymmetricMatrix.product(
      rows.values, rows.values, rows: count, inner: rows.width, columns: count, transposed: true)
    for row in 0..<count {
      for column in 0...row {
        let index = row * count + column
        values[index] = value(max(0, rows.squares[row] + rows.squares[column] - 2 * values[index]))
      }
    }
    return values
  }

  private func value(_ squaredDistance: Double) -> Double {
    let r = (5 * squaredDistance).squareRoot()
    return signal * signal * exp(-r) * (1 + r + r * r / 3)
  }

  /// Between the rows of `left` and those of `right`, features in units of their lengths; with the kernel's slope by -d^2/2
  /// if `slopes`.
  func kernel(
    _ left: ScaledFeatures, _ right: ScaledFeatures, slopes: Bool = false
  ) -> (values: [Double], slopes: [Double]) {
    let (rows, columns) = (left.count, right.count)
    var values = SymmetricMatrix.product(
      left.values, right.values, rows: rows, inner: left.width, columns: columns, transposed: true)
    var slopesOut = [Double](repeating: 0, count: slopes ? values.count : 0)
    let variance = signal * signal
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        let squared = max(0, left.squares[row] + right.squares[column] - 2 * values[index])
        let r = (5 * squared).squareRoot()
        let decay = variance * exp(-r)
        values[index] = decay * (1 + r + r * r / 3)
        if slopes { slopesOut[index] = decay * (1 + r) * 5 / 3 }
      }
    }
    return (values, slopesOut)
  }
}

/// Features of some layers in units of the lengths of a kernel, in row order.
struct ScaledFeatures {
  let values: [Double]
  /// The sum of squares of each row.
  let squares: [Double]
  let count: Int
  let width: Int

  init(_ rows: [[Double]], lengths: [Double]) {
    values = rows.flatMap { row in zip(row, lengths).map { $0 / $1 } }
    squares = rows.map { row in zip(row, lengths).reduce(0) { $0 + ($1.0 / $1.1) * ($1.0 / $1.1) } }
    (count, width) = (rows.count, lengths.count)
  }
}
