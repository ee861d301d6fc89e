import CTorch
import Networks
import Tensors

extension OperationStep {
  /// What libtorch resizes as ONNX does, by itself; all else axis by axis.
  func run(_ resizing: Resizing) throws -> Tensor {
    if let kind = resizing.kind {
      return try inputs[0].resized(kind, extents: resizing.extents, scales: resizing.scales)
    }
    var map = inputs[0]
    for axis in resizing.extents.indices {
      let input = map.shape[2 + axis]
      switch resizing.map(axis: axis, input: input) {
      case .copies(let elements): map = try map.selected(axis: 2 + axis, indices: elements)
      case .sums(let weights):
        let matrix = try Tensor(weights, shape: [resizing.extents[axis], input])
        let isLast = axis == resizing.extents.count - 1
        map =
          try isLast ? map.matrixProduct(with: matrix.transposed([1, 0])) : matrix.matrixProduct(with: map)
      }
    }
    return map
  }
}

extension Resizing {
  fileprivate var kind: ctorch_resizing? {
    switch (interpolation, coordinates) {
    case (.nearest(.floor), .asymmetric): CTORCH_NEAREST
    case (.linear, .halfPixel): CTORCH_LINEAR
    case (.linear, .pytorchHalfPixel) where extents.allSatisfy { $0 > 1 }: CTORCH_LINEAR
    case (.linear, .alignCorners): CTORCH_LINEAR_CORNERS
    default: nil
    }
  }
}
