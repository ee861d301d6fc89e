import CTorch

/// Settings of libtorch that hold for the whole process.
package enum TorchRuntime {
  /// Sets the allocator and the number of threads; call before the first tensor.
  package static func configure(threads: Int) throws(TorchError) {
    guard ctorch_configure(Int32(threads)) != 0 else { throw TorchError.last }
  }
}
