import COpenBLAS

/// A square matrix in row order, of which LAPACK and BLAS work on the lower half.
struct SymmetricMatrix {
  var values: [Double]
  let count: Int

  /// Sums in one order on any number of processors, so that the same numbers give the same bits.
  static func useOneThread() { openblas_set_num_threads(1) }

  /// The lower triangular L with L L' equal to the matrix; nil when it is not positive definite.
  func choleskyFactor() -> [Double]? {
    var factor = values
    guard haq_cholesky(Int32(count), &factor) == 0 else { return nil }
    return factor
  }

  /// The inverse of the matrix whose factor this is, both halves.
  static func inverse(ofFactor factor: [Double], count: Int) -> [Double]? {
    var inverse = factor
    guard haq_inverse_of_cholesky(Int32(count), &inverse) == 0 else { return nil }
    for row in 0..<count {
      for column in 0..<row { inverse[column * count + row] = inverse[row * count + column] }
    }
    return inverse
  }

  /// L^-1 B for a lower triangular L; B has `columns` columns.
  static func solvedLower(_ factor: [Double], count: Int, _ right: [Double], columns: Int) -> [Double] {
    // BLAS takes no row of no length.
    guard columns > 0 else { return [] }
    var solution = right
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, Int32(count), Int32(columns), 1,
      factor,
      Int32(count), &solution, Int32(columns))
    return solution
  }

  /// (L L')^-1 b
  static func solved(_ factor: [Double], count: Int, _ right: [Double]) -> [Double] {
    var solution = solvedLower(factor, count: count, right, columns: 1)
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, Int32(count), 1, 1, factor,
      Int32(count),
      &solution, 1)
    return solution
  }

  /// A B for matrices of `rows` x `inner` and `inner` x `columns`, or A B' where B is stored as `columns` x `inner`.
  static func product(
    _ left: [Double], _ right: [Double], rows: Int, inner: Int, columns: Int, transposed: Bool = false
  ) -> [Double] {
    guard rows > 0, columns > 0 else { return [] }
    var result = [Double](repeating: 0, count: rows * columns)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns),
      Int32(inner), 1, left, Int32(inner), right, Int32(transposed ? inner : columns), 0, &result,
      Int32(columns))
    return result
  }
}
