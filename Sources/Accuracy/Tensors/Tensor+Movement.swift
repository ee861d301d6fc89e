package import CTorch

/// Operations that move elements, reduce axes or change the size of maps.
extension Tensor {
  package func reshaped(to extents: [Int]) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_reshape(handle, extents.map(Int64.init), Int32(extents.count)))
  }

  /// Repeated along axes of extent 1.
  package func expanded(to extents: [Int]) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_expand(handle, extents.map(Int64.init), Int32(extents.count)))
  }

  package func transposed(_ order: [Int]) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_transpose(handle, order.map(Int64.init), Int32(order.count)))
  }

  package static func concatenated(_ parts: [Tensor], axis: Int) throws(TorchError) -> Tensor {
    // The tensors outlive the call, and so do their handles.
    let handles = parts.map { Optional($0.handle) }
    let result = ctorch_concatenate(handles, Int32(parts.count), Int64(axis))
    return try withExtendedLifetime(parts) { () throws(TorchError) in try Tensor(owning: result) }
  }

  package func sliced(axis: Int, from start: Int, to end: Int, by step: Int) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_slice(handle, Int64(axis), Int64(start), Int64(end), Int64(step)))
  }

  package func selected(axis: Int, indices: [Int]) throws(TorchError) -> Tensor {
    try Tensor(owning: ctorch_select(handle, Int64(axis), indices.map(Int64.init), Int64(indices.count)))
  }

  /// One number of elements for each axis.
  package func padded(
    before: [Int], after: [Int], _ kind: ctorch_padding, value: Float = 0
  ) throws(TorchError) -> Tensor {
    try Tensor(
      owning: ctorch_pad(
        handle, before.map(Int64.init), after.map(Int64.init), Int32(before.count), kind, Double(value)))
  }

  package func reduced(
    _ kind: ctorch_reduction, axes: [Int], keepsAxes: Bool
  ) throws(TorchError) -> Tensor {
    try Tensor(
      owning: ctorch_reduce(handle, kind, axes.map(Int64.init), Int32(axes.count), keepsAxes ? 1 : 0))
  }

  /// A map at other spatial extents.
  package func resized(
    _ mode: ctorch_resizing, extents: [Int], scales: [Float]?
  ) throws(TorchError) -> Tensor {
    try Tensor(
      owning: ctorch_resize(
        handle, mode, extents.map(Int64.init), scales.map { $0.map(Double.init) }, Int32(extents.count)))
  }
}
