import CTorch

extension Tensor {
  /// Makes this tensor one that `backward` reaches.
  package func requireGradient() throws(TorchError) {
    guard ctorch_require_gradient(handle) != 0 else { throw TorchError.last }
  }

  /// Adds the gradient of this scalar to every tensor that requires one.
  package func backward() throws(TorchError) {
    guard ctorch_backward(handle) != 0 else { throw TorchError.last }
  }

  /// What `backward` has added up for this tensor, which requires a gradient.
  package func gradient() throws(TorchError) -> Tensor { try Tensor(owning: ctorch_gradient(handle)) }
}

/// Runs `body` without recording what gradients would need: faster, and less memory.
package func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = ctorch_record_gradients(0)
  defer { _ = ctorch_record_gradients(before) }
  return try body()
}
