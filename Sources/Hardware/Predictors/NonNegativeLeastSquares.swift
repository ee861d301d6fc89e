import Foundation

/// The x >= 0 for which the sum of squares of A x - b is least.
///
/// Solved by coordinate descent on A'A, which converges for every such problem (Franc, Hlavac and Navara, "Sequential
/// coordinate-wise algorithm for the non-negative least squares problem", 2005).
package enum NonNegativeLeastSquares {
  private static let mostSweeps = 20_000
  private static let tolerance = 1e-10

  /// - Precondition: every row is as long as the first, and there are as many rows as entries of `target`.
  package static func solve(_ rows: [[Double]], _ target: [Double]) -> [Double] {
    let width = rows.first?.count ?? 0
    // Columns of one size, so that a step means the same in each.
    let scales = (0..<width).map { column in
      let size = rows.reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
      return size > 0 ? 1 / size : 0
    }
    var gram = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
    var slope = [Double](repeating: 0, count: width)
    for (row, value) in zip(rows, target) {
      let scaled = zip(row, scales).map(*)
      for left in 0..<width where scaled[left] != 0 {
        slope[left] -= scaled[left] * value
        for right in 0..<width { gram[left][right] += scaled[left] * scaled[right] }
      }
    }
    var solution = [Double](repeating: 0, count: width)
    for _ in 0..<mostSweeps {
      var largest = 0.0
      for column in 0..<width where gram[column][column] > 0 {
        let next = max(0, solution[column] - slope[column] / gram[column][column])
        let step = next - solution[column]
        guard step != 0 else { continue }
        solution[column] = next
        for other in 0..<width { slope[other] += step * gram[other][column] }
        largest = max(largest, abs(step))
      }
      if largest < tolerance { break }
    }
    return zip(solution, scales).map(*)
  }
}
