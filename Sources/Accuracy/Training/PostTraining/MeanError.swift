import CTorch
import Tensors

extension Tensor {
  /// The mean of these outputs less that of others, for each output channel.
  ///
  /// - Parameter axis: That of the channels; nil is the last.
  func meanError(of others: Tensor, channels axis: Int?) throws -> Tensor {
    let (rank, channels) = (shape.count, axis ?? shape.count - 1)
    return try combined(with: others, CTORCH_SUBTRACT).reduced(
      CTORCH_MEAN, axes: (0..<rank).filter { $0 != channels }, keepsAxes: false)
  }
}
