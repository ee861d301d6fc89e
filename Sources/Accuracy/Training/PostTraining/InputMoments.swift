import CTorch
import Networks
import Tensors

/// Covariances of what the weights of one layer are multiplied by, in floats and as the quantized network has it.
///
/// Without means, since a bias takes those back.
struct InputMoments {
  /// Groups of the layer's channels, each with inputs of its own.
  let groups: Int
  /// Inputs of one output.
  let size: Int
  /// Outputs that were looked at, in one group.
  let samples: Int
  /// Of quantized inputs: groups x size x size.
  let quantized: Tensor
  /// Of float inputs (rows) with quantized ones (columns): groups x size x size.
  let mixed: Tensor

  /// Output positions of an image that are looked at; neighbours tell much the same.
  private static let mostPositions = 784
  /// Numbers that lie in memory at one time for each of the two networks.
  private static let mostNumbers = 1 << 24
  /// Of all groups; a layer of more, with over 8192 inputs in one group, has no moments.
  private static let mostMoments = 1 << 26

  /// Nil for an operation that is no convolution and no matrix product, and for layers of very many inputs.
  ///
  /// - Parameters:
  ///   - float: The layer's inputs in the float network, images first.
  ///   - quantized: The same in the quantized network, rounded as the layer reads them.
  init?(of operation: Networks.Operation, float: Tensor, quantized: Tensor) throws {
    let patches: (Tensor) throws -> Tensor
    switch operation {
    case .convolution(let convolution):
      let window = convolution.window
      groups = convolution.groups
      size = float.shape[1] / convolution.groups * window.kernel.reduce(1, *)
      patches = { try $0.patches(window, groups: convolution.groups, atMost: Self.mostPositions) }
    case .fullyConnected:
      let inputs = float.shape.last ?? 0
      groups = 1
      size = inputs
      patches = { try $0.reshaped(to: [1, -1, inputs]).transposed([0, 2, 1]) }
    default: return nil
    }
    guard size > 0, size <= Self.mostMoments / size / groups else { return nil }
    let images = float.shape[0]
    let largest =
      max(1, float.shape.dropFirst().reduce(1, *)) * max(1, size * groups / max(1, float.shape[1]))
    let step = max(1, min(images, Self.mostNumbers / largest))
    var sums = MomentSums()
    for first in stride(from: 0, to: images, by: step) {
      let last = min(images, first + step)
      try sums.add(
        float: patches(float.sliced(axis: 0, from: first, to: last, by: 1)),
        quantized: patches(quantized.sliced(axis: 0, from: first, to: last, by: 1)))
    }
    samples = sums.count
    (self.quantized, mixed) = try sums.covariances()
  }
}

/// Sums over the positions of patches, which are groups x inputs x positions.
private struct MomentSums {
  private(set) var count = 0
  private var parts: (quantized: Tensor, mixed: Tensor, float: Tensor, mean: Tensor)?

  mutating func add(float: Tensor, quantized: Tensor) throws {
    let turned = try quantized.transposed([0, 2, 1])
    var new = (
      quantized: try quantized.matrixProduct(with: turned), mixed: try float.matrixProduct(with: turned),
      float: try float.reduced(CTORCH_SUM, axes: [2], keepsAxes: true),
      mean: try quantized.reduced(CTORCH_SUM, axes: [2], keepsAxes: true)
    )
    if let parts {
      new = (
        try new.quantized.adding(parts.quantized), try new.mixed.adding(parts.mixed),
        try new.float.adding(parts.float), try new.mean.adding(parts.mean)
      )
    }
    parts = new
    count += float.shape[2]
  }

  /// The means of products less the products of means.
  func covariances() throws -> (quantized: Tensor, mixed: Tensor) {
    guard let parts, count > 0 else { throw NoInputs() }
    let share = try Tensor([1 / Float(count)], shape: [1])
    func mean(_ sum: Tensor) throws -> Tensor { try sum.combined(with: share, CTORCH_MULTIPLY) }
    let (float, quantized) = (try mean(parts.float), try mean(parts.mean))
    let turned = try quantized.transposed([0, 2, 1])
    return (
      try mean(parts.quantized).combined(with: quantized.matrixProduct(with: turned), CTORCH_SUBTRACT),
      try mean(parts.mixed).combined(with: float.matrixProduct(with: turned), CTORCH_SUBTRACT)
    )
  }
}

/// A layer that saw no image.
private struct NoInputs: Error, CustomStringConvertible {
  var description: String { "there are no calibration images to round weights by" }
}

extension Tensor {
  /// What each output of a convolution is a weighted sum of: groups x inputs of an output x positions of all images.
  ///
  /// - Parameter most: Positions of an image; where there are more, every second or third in each direction is taken.
  fileprivate func patches(_ window: Window, groups: Int, atMost most: Int) throws -> Tensor {
    let padded = try padded(
      before: [0, 0] + window.padding.before, after: [0, 0] + window.padding.after, CTORCH_PAD_CONSTANT)
    let axes = window.kernel.indices
    let outputs = axes.map { axis in
      (padded.shape[axis + 2] - window.dilation[axis] * (window.kernel[axis] - 1) - 1) / window.stride[axis]
        + 1
    }
    var skip = 1
    while outputs.map({ ($0 - 1) / skip + 1 }).reduce(1, *) > most { skip += 1 }
    let (images, channels) = (shape[0], shape[1])
    let places = (0..<window.kernel.reduce(1, *)).map { index -> [Int] in
      var rest = index
      return axes.reversed().map { axis in
        defer { rest /= window.kernel[axis] }
        return rest % window.kernel[axis]
      }.reversed()
    }
    let parts = try places.map { place in
      let part = try axes.reduce(padded) { part, axis in
        let start = place[axis] * window.dilation[axis]
        let step = window.stride[axis] * skip
        let taken = (outputs[axis] - 1) / skip + 1
        return try part.sliced(axis: axis + 2, from: start, to: start + (taken - 1) * step + 1, by: step)
      }
      return try part.reshaped(to: [images, channels, 1, -1])
    }
    let all = try Tensor.concatenated(parts, axis: 2)
    return try all.reshaped(to: [images, groups, channels / groups * places.count, -1])
      .transposed([1, 2, 0, 3]).reshaped(to: [groups, channels / groups * places.count, -1])
  }
}
