internal import COpenBLAS

/// A number that OpenBLAS multiplies matrices of.
///
/// Agents run in `Float`, where OpenBLAS is twice as fast; `Double` serves the tests that
/// compare gradients with finite differences.
package protocol BLASScalar: ElementwiseScalar {
  /// Row-major C = A' B', where ' transposes when the operand says so.
  ///
  /// - Parameters:
  ///   - size: Rows of C, columns of C, and the inner dimension.
  ///   - stride: Elements from one row of C to the next.
  static func multiplyMatrices(
    _ size: ProductSize, _ a: Operand<Self>, _ b: Operand<Self>, into c: inout [Self], stride: Int)

  /// y = A' x, for `rows` x `columns` of A as it is stored; neighbours in x and y are `step` elements apart.
  static func multiplyVector(
    _ size: (rows: Int, columns: Int), _ a: Operand<Self>, _ x: (operand: Operand<Self>, step: Int),
    into y: inout [Self], step: Int)
}

package typealias ProductSize = (rows: Int, columns: Int, inner: Int)

extension BLASScalar {
  /// Row-major C = A' B', as `multiplyMatrices`; of a single row or column without packing a matrix first.
  package static func multiply(
    _ size: ProductSize, _ a: Operand<Self>, _ b: Operand<Self>, into c: inout [Self], stride: Int
  ) {
    if size.columns == 1 {
      let stored = a.order == .asStored ? (size.rows, size.inner) : (size.inner, size.rows)
      multiplyVector(
        stored, a, (b, step: b.order == .asStored ? b.stride : 1), into: &c, step: stride)
    } else if size.rows == 1 {
      // The row of C is B'' times the row of A, one more transposition.
      var turned = b
      turned.order = b.order == .asStored ? .transposed : .asStored
      let stored = b.order == .asStored ? (size.inner, size.columns) : (size.columns, size.inner)
      multiplyVector(stored, turned, (a, step: a.order == .asStored ? 1 : a.stride), into: &c, step: 1)
    } else {
      multiplyMatrices(size, a, b, into: &c, stride: stride)
    }
  }
}

/// A row-major matrix within an array, and whether to read it transposed.
package struct Operand<Scalar> {
  var elements: [Scalar]
  /// Where the matrix begins.
  var offset: Int
  /// Elements from one stored row to the next.
  var stride: Int
  var order: Order

  package enum Order { case asStored, transposed }

  package init(_ elements: [Scalar], from offset: Int = 0, stride: Int, _ order: Order = .asStored) {
    self.elements = elements
    self.offset = offset
    self.stride = stride
    self.order = order
  }

  var transpose: CBLAS_TRANSPOSE { order == .transposed ? CblasTrans : CblasNoTrans }
}

extension Float: BLASScalar {
  package static func multiplyMatrices(
    _ size: ProductSize, _ a: Operand<Float>, _ b: Operand<Float>, into c: inout [Float], stride: Int
  ) {
    a.elements.withUnsafeBufferPointer { left in
      b.elements.withUnsafeBufferPointer { right in
        cblas_sgemm(
          CblasRowMajor, a.transpose, b.transpose, blasint(size.rows), blasint(size.columns),
          blasint(size.inner), 1, left.baseAddress! + a.offset, blasint(a.stride),
          right.baseAddress! + b.offset, blasint(b.stride), 0, &c, blasint(stride))
      }
    }
  }

  package static func multiplyVector(
    _ size: (rows: Int, columns: Int), _ a: Operand<Float>, _ x: (operand: Operand<Float>, step: Int),
    into y: inout [Float], step: Int
  ) {
    a.elements.withUnsafeBufferPointer { matrix in
      x.operand.elements.withUnsafeBufferPointer { vector in
        cblas_sgemv(
          CblasRowMajor, a.transpose, blasint(size.rows), blasint(size.columns), 1,
          matrix.baseAddress! + a.offset, blasint(a.stride), vector.baseAddress! + x.operand.offset,
          blasint(x.step), 0, &y, blasint(step))
      }
    }
  }
}

extension Double: BLASScalar {
  package static func multiplyMatrices(
    _ size: ProductSize, _ a: Operand<Double>, _ b: Operand<Double>, into c: inout [Double], stride: Int
  ) {
    a.elements.withUnsafeBufferPointer { left in
      b.elements.withUnsafeBufferPointer { right in
        cblas_dgemm(
          CblasRowMajor, a.transpose, b.transpose, blasint(size.rows), blasint(size.columns),
          blasint(size.inner), 1, left.baseAddress! + a.offset, blasint(a.stride),
          right.baseAddress! + b.offset, blasint(b.stride), 0, &c, blasint(stride))
      }
    }
  }

  package static func multiplyVector(
    _ size: (rows: Int, columns: Int), _ a: Operand<Double>, _ x: (operand: Operand<Double>, step: Int),
    into y: inout [Double], step: Int
  ) {
    a.elements.withUnsafeBufferPointer { matrix in
      x.operand.elements.withUnsafeBufferPointer { vector in
        cblas_dgemv(
          CblasRowMajor, a.transpose, blasint(size.rows), blasint(size.columns), 1,
          matrix.baseAddress! + a.offset, blasint(a.stride), vector.baseAddress! + x.operand.offset,
          blasint(x.step), 0, &y, blasint(step))
      }
    }
  }
}

/// The linear algebra library behind the agents.
public enum LinearAlgebra {
  /// OpenBLAS' own description: version, threading, processor kernels.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// The number of threads that a product may use now.
  public static var threads: Int { Int(openblas_get_num_threads()) }

  /// Makes every later product of this process run on one thread.
  ///
  /// The agent's matrices are too small to gain from more, and the order of additions,
  /// thus every result, must not depend on the number of processors.
  public static func useOneThread() { openblas_set_num_threads(1) }
}
