import CTorch

/// A float tensor of libtorch, or a vector of labels; released with its last reference.
///
/// Images are batch x channels x height x width. Not safe to share between threads.
package final class Tensor {
  let handle: OpaquePointer

  /// Takes ownership; throws what libtorch said when `handle` is nil.
  init(owning handle: OpaquePointer?) throws(TorchError) {
    guard let handle else { throw TorchError.last }
    self.handle = handle
  }

  deinit { ctorch_release(handle) }

  /// A copy of row-major `values` with the given shape.
  ///
  /// - Precondition: the shape's product is the number of values.
  package convenience init(_ values: [Float], shape: [Int]) throws(TorchError) {
    precondition(values.count == shape.reduce(1, *))
    try self.init(owning: ctorch_from_floats(values, shape.map(Int64.init), Int32(shape.count)))
  }

  /// Class indices, one per sample.
  package convenience init(labels: [Int64]) throws(TorchError) {
    try self.init(owning: ctorch_from_labels(labels, Int64(labels.count)))
  }

  /// A copy of the values, without gradient history.
  package func copy() throws(TorchError) -> Tensor { try Tensor(owning: ctorch_clone(handle)) }

  /// Zeros of the same shape and layout.
  package func zeros() throws(TorchError) -> Tensor { try Tensor(owning: ctorch_zeros_like(handle)) }

  /// The extents, the batch first.
  package var shape: [Int] { (0..<ctorch_rank(handle)).map { Int(ctorch_extent(handle, $0)) } }

  /// All values, row-major.
  package func values() throws(TorchError) -> [Float] {
    let count = Int(ctorch_count(handle))
    var succeeded = false
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      succeeded = ctorch_copy(handle, buffer.baseAddress, Int64(count)) != 0
      initialized = succeeded ? count : 0
    }
    guard succeeded else { throw TorchError.last }
    return values
  }

  /// Overwrites all values, row-major, without recording a gradient.
  package func assign(_ values: [Float]) throws(TorchError) {
    guard ctorch_assign(handle, values, Int64(values.count)) != 0 else { throw TorchError.last }
  }

  /// The only value of a one-element tensor.
  package func scalar() throws(TorchError) -> Double { try Double(values()[0]) }

  /// Smallest and largest value.
  package func range() throws(TorchError) -> ClosedRange<Float> {
    var lowest: Float = 0
    var highest: Float = 0
    guard ctorch_range(handle, &lowest, &highest) != 0 else { throw TorchError.last }
    guard lowest <= highest else { throw TorchError(message: "a tensor holds values that are not numbers") }
    return lowest...highest
  }

  /// Whether no value is infinite or not a number.
  package func isFinite() throws(TorchError) -> Bool {
    var lowest: Float = 0
    var highest: Float = 0
    guard ctorch_range(handle, &lowest, &highest) != 0 else { throw TorchError.last }
    return lowest.isFinite && highest.isFinite
  }
}

/// A failure inside libtorch: out of memory, or shapes that do not fit.
package struct TorchError: Error, CustomStringConvertible {
  package var message: String

  package var description: String { "libtorch: \(message)" }

  static var last: TorchError { TorchError(message: String(cString: ctorch_error())) }
}
