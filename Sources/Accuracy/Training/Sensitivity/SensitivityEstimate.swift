import CTorch
package import Core
package import Datasets
package import Evaluation
import Networks
import RandomNumbers
import Tensors

extension QuantizedNetwork {
  /// How much each narrowing, alone, would raise the divergence of the class probabilities from those of the float
  /// network, in nats: a second-order estimate from one backward pass for each batch of images.
  ///
  /// What a rounding error e of an operand changes is J e to first order, with J the derivative of the class scores by
  /// the operand. Along a random direction u of the scores (`OutputDirection`) that is g'e, where g = J'u is the gradient
  /// of one backward pass, and the divergence is E[(g'e)^2] / 2. Of weights, g'e is what the layer would add to its
  /// outputs with e as its weights, times the gradient of its outputs; so no gradient of weights is kept for each image.
  ///
  /// Source: the empirical Fisher of HAWQ-V2 (Dong et al., NeurIPS 2020) and of Li et al., "Brecq", ICLR 2021, section
  /// 3.1, projected on the error itself instead of bounded by a trace.
  ///
  /// - Parameter policy: What the narrowings start from; the estimate for it is subtracted.
  /// - Returns: Nil where weights are corrected under each policy, which rounding errors of single operands do not tell.
  package func estimatedIncreases(
    of narrowings: [Narrowing], from policy: Policy, on images: LabelledImages, seed: UInt64 = 1
  ) throws -> [Double]? {
    guard correction == nil else { return nil }
    _ = try scheme.quantizers(for: policy)
    var changes: [OperandChange: Double] = [:]
    for narrowing in narrowings {
      changes[OperandChange(narrowing, from: policy, narrowed: true)] = 0
      changes[OperandChange(narrowing, from: policy, narrowed: false)] = 0
    }
    var generator = RandomSource(seed: seed)
    let batchSize = max(1, min(Self.mostImages, Self.mostPixels / images.pixelsPerImage))
    for start in stride(from: 0, to: images.count, by: batchSize) {
      let batch = try images.batch(at: start..<min(start + batchSize, images.count))
      let traces = try traces(of: batch, using: &generator)
      for change in changes.keys {
        changes[change]! += try withoutGradients {
          try squares(of: change, traces, images: batch.labels.count)
        }
      }
    }
    return narrowings.map { narrowing in
      let narrowed = changes[OperandChange(narrowing, from: policy, narrowed: true)]!
      let wide = changes[OperandChange(narrowing, from: policy, narrowed: false)]!
      return (narrowed - wide) / 2 / Double(images.count)
    }
  }

  /// Every layer's input and gradients stay in memory at once.
  private static let mostImages = 64
  private static let mostPixels = 600_000

  /// One operand of some layers, at the width that it has in each of them.
  private struct OperandChange: Hashable {
    var operand: Narrowing.Operand
    var widths: [Int: BitWidth]

    init(_ narrowing: Narrowing, from policy: Policy, narrowed: Bool) {
      operand = narrowing.operand
      widths = Dictionary(
        narrowing.layers.map { layer in
          let precision = policy[layer]
          let before = narrowing.operand == .weight ? precision.weight : precision.activation
          return (layer, narrowed ? narrowing.width : before)
        }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// What one batch left behind at a layer.
  private struct Trace {
    var node: Node
    var input: Tensor
    /// Zeros that were added to the input and to the output, whose gradients are those of input and output.
    var inputOffset: Tensor
    var outputOffset: Tensor
  }

  /// Runs the float network forwards and, along a random direction of its class scores, backwards.
  private func traces(of batch: Batch, using generator: inout RandomSource) throws -> [String: Trace] {
    var traces: [String: Trace] = [:]
    let scores = try whole.execution.scores(of: batch.images) { node, input in
      let inputOffset = try input.zeros()
      try inputOffset.requireGradient()
      let values = network.parameters[node.name]
      let output = try node.product(
        input.adding(inputOffset), weight: values.weight, bias: values.bias)
      let outputOffset = try output.zeros()
      try outputOffset.requireGradient()
      traces[node.name] = Trace(
        node: node, input: input, inputOffset: inputOffset, outputOffset: outputOffset)
      return try output.adding(outputOffset)
    }
    let classCount = scores.shape[1]
    let direction = OutputDirection.of(try scores.values(), classCount: classCount, using: &generator)
    try scores.summedProduct(with: Tensor(direction, shape: scores.shape)).backward()
    return traces
  }

  /// The sum over images of the squared change along their directions.
  private func squares(
    of change: OperandChange, _ traces: [String: Trace], images: Int
  ) throws -> Double {
    var sums: [Float] = []
    for (layer, width) in change.widths.sorted(by: { $0.key < $1.key }) {
      let layer = network.network.layers[layer]
      // No layer is left out: all run, whether class scores depend on them or not.
      guard let trace = traces[layer.name] else { continue }
      let quantizer = try scheme.quantizer(of: layer, change.operand, width: width)
      let changes: [Float]
      switch change.operand {
      case .weight:
        let values = network.parameters[layer.name]
        let error = try values.weight.rounded(by: quantizer, blocks: .rows).subtracting(values.weight)
        changes = try trace.node.product(trace.input, weight: error, bias: values.bias.zeros())
          .rowProducts(with: trace.outputOffset.gradient(), rows: images)
      case .activation:
        let rounded = try trace.input.rounded(by: quantizer, blocks: trace.node.inputBlocks(trace.input))
        changes = try rounded.subtracting(trace.input).rowProducts(
          with: trace.inputOffset.gradient(), rows: images)
      }
      // Layers with a width in common change the scores together.
      sums = sums.isEmpty ? changes : zip(sums, changes).map { $0 + $1 }
    }
    return sums.reduce(0) { $0 + Double($1) * Double($1) }
  }
}

extension Tensor {
  fileprivate func subtracting(_ other: Tensor) throws -> Tensor {
    try combined(with: other, CTORCH_SUBTRACT)
  }

  fileprivate func summedProduct(with other: Tensor) throws -> Tensor {
    try combined(with: other, CTORCH_MULTIPLY)
      .reduced(CTORCH_SUM, axes: Array(shape.indices), keepsAxes: false)
  }

  /// The sums of the products of elements, of each of a number of equal parts of the first axis.
  ///
  /// A network may have more of one image along it, such as its tokens.
  fileprivate func rowProducts(with other: Tensor, rows: Int) throws -> [Float] {
    let products = try combined(with: other, CTORCH_MULTIPLY)
      .reduced(CTORCH_SUM, axes: Array(shape.indices.dropFirst()), keepsAxes: false).values()
    let length = max(1, products.count / rows)
    return stride(from: 0, to: products.count, by: length).map { start in
      products[start..<min(start + length, products.count)].reduce(0, +)
    }
  }
}
