import CTorch
import Core
package import Datasets
package import Evaluation
package import Networks
package import Tensors

/// A network in bytes, computed as onnxruntime computes it: sums of products in integers, which are then multiplied by
/// one float and rounded once.
///
/// Sources: onnxruntime 1.32, `qlinearconv.cc`, `quant_gemm.cc`, and in MLAS `quantize.cpp` (`MlasRequantizeOutput`),
/// `qladd.cpp` and `qlgavgpool.cpp`. Operators that are not named here are looked up or computed in floats there, too,
/// and here as always.
///
/// Sums of integers are exact up to 2^24. Beyond that they are rounded to 24 bits, which onnxruntime does afterwards,
/// when it makes floats of 32-bit integers.
package final class DeployedNetwork {
  private let execution: GraphExecution
  private let layers: [String: IntegerLayer]
  private let parameters: LayerParameters
  /// The quantizers whose numbers values are, through what only moves them.
  private let quantizers: [String: FakeQuantization]
  /// The one quantizer that reads a value; absent where something else reads it, too.
  private let readers: [String: FakeQuantization]

  /// A layer with integers in place of its numbers.
  private struct IntegerLayer {
    /// Weights are 16 times the one and the other, so that sums of either times 8 bits stay below 2^24 for 8,000 inputs.
    var weights: (high: Tensor, low: Tensor)
    var bias: Tensor
    var weightScales: [Float]
    var inputScale: Float
  }

  /// - Parameters:
  ///   - graph: With the quantizers where a runtime has them; the weights are multiples of their scales.
  ///   - weightScales: Of the layers in integers: one, or one for each output channel.
  /// - Throws: `GraphError`, `TorchError`.
  package init(_ graph: Graph, weightScales: [String: [Float]]) throws {
    execution = try GraphExecution(graph)
    parameters = try LayerParameters(of: graph)
    quantizers = graph.valueQuantizers()
    readers = graph.onlyReaders()
    let extents = try graph.weightExtents()
    var layers: [String: IntegerLayer] = [:]
    for node in graph.nodes {
      guard let scales = weightScales[node.name], let input = quantizers[node.inputs[0]],
        let weights = graph.weights[node.name], let shape = extents[node.name]
      else { continue }
      let outputs = weights.bias.count
      let all = scales.count == 1 ? [Float](repeating: scales[0], count: outputs) : scales
      let length = weights.weight.count / outputs
      let integers = weights.weight.indices.map { (weights.weight[$0] / all[$0 / length]).rounded() }
      let high = integers.map { ($0 / 16).rounded() }
      let bias = weights.bias.indices.map {
        (weights.bias[$0] / (input.scale * all[$0])).rounded(.toNearestOrEven)
      }
      layers[node.name] = IntegerLayer(
        weights: (
          try Tensor(high, shape: shape), try Tensor(zip(integers, high).map { $0 - 16 * $1 }, shape: shape)
        ),
        bias: try Tensor(bias, shape: Self.byChannel(node, outputs)), weightScales: all,
        inputScale: input.scale)
    }
    self.layers = layers
  }

  /// - Throws: `NotFinite`, `TorchError`.
  package func measure(
    _ images: LabelledImages, _ questions: Measurement.Questions = .init()
  ) throws -> EvaluationResult {
    try Measurement.measure(images, questions) { try self.scores(of: $0) }
  }

  /// Class scores of a batch of images.
  package func scores(of images: Tensor) throws -> Tensor {
    try execution.scores(of: images, other: other, layer: layer)
  }

  private func layer(_ node: Node, _ input: Tensor) throws -> Tensor {
    let values = parameters[node.name]
    guard let layer = layers[node.name] else {
      return try node.product(input, weight: values.weight, bias: values.bias)
    }
    let integers = try input.steps(of: layer.inputScale)
    // A fully connected layer needs some bias to add.
    let none = node.isFullyConnected ? try Tensor(values.bias.shape.zeros, shape: values.bias.shape) : nil
    let high = try node.product(integers, weight: layer.weights.high, bias: none)
    let low = try node.product(integers, weight: layer.weights.low, bias: none)
    let sum = try high.times(16).adding(low).adding(layer.bias)
    let scales = layer.weightScales.map { layer.inputScale * $0 }
    guard let output = readers[node.output], output.floats == nil else {
      return try sum.combined(with: Tensor(scales, shape: layer.bias.shape), CTORCH_MULTIPLY)
    }
    let factors = try Tensor(scales.map { $0 / output.scale }, shape: layer.bias.shape)
    return try sum.combined(with: factors, CTORCH_MULTIPLY).rounded(to: output)
  }

  /// Sums, global means and the first quantizer; nil for the rest.
  private func other(_ node: Node, _ inputs: [Tensor]) throws -> Tensor? {
    switch node.operation {
    case .fakeQuantize(let quantizer) where quantizer.floats == nil:
      // Divided, not multiplied by the reciprocal.
      return try inputs[0].over(quantizer.scale).rounded(to: quantizer)
    case .add:
      guard let left = quantizers[node.inputs[0]], let right = quantizers[node.inputs[1]],
        let output = readers[node.output], [left, right, output].allSatisfy({ $0.floats == nil })
      else { return nil }
      let ratios = (left.scale / output.scale, right.scale / output.scale)
      let rest = output.zeroPoint - (ratios.0 * left.zeroPoint + ratios.1 * right.zeroPoint)
      let first = try inputs[0].steps(of: left.scale).plus(left.zeroPoint).times(ratios.0)
      let second = try inputs[1].steps(of: right.scale).plus(right.zeroPoint).times(ratios.1).plus(rest)
      return try first.adding(second).plus(-output.zeroPoint).rounded(to: output)
    case .globalAveragePool:
      guard let input = quantizers[node.inputs[0]], let output = readers[node.output],
        input.floats == nil, output.floats == nil
      else { return nil }
      let axes = Array(inputs[0].shape.indices.dropFirst(2))
      let count = axes.reduce(1) { $0 * inputs[0].shape[$1] }
      let sum = try inputs[0].steps(of: input.scale).reduced(CTORCH_SUM, axes: axes, keepsAxes: true)
      return try sum.times(input.scale / (output.scale * Float(count))).rounded(to: output)
    default: return nil
    }
  }

  private static func byChannel(_ node: Node, _ channels: Int) -> [Int] {
    switch node.operation {
    case .convolution(let convolution): [channels] + convolution.window.kernel.map { _ in 1 }
    case .transposedConvolution(let transposed):
      [channels] + transposed.convolution.window.kernel.map { _ in 1 }
    default: [channels]
    }
  }
}

extension [Int] {
  /// As many zeros as a tensor of these extents has elements.
  fileprivate var zeros: [Float] { [Float](repeating: 0, count: reduce(1, *)) }
}

extension Tensor {
  private static func number(_ value: Float) throws -> Tensor { try Tensor([value], shape: [1]) }

  fileprivate func times(_ factor: Float) throws -> Tensor {
    try combined(with: Self.number(factor), CTORCH_MULTIPLY)
  }

  fileprivate func over(_ divisor: Float) throws -> Tensor {
    try combined(with: Self.number(divisor), CTORCH_DIVIDE)
  }

  fileprivate func plus(_ term: Float) throws -> Tensor { try adding(Self.number(term)) }

  /// The integers that multiples of a scale are.
  fileprivate func steps(of scale: Float) throws -> Tensor { try over(scale).activated(CTORCH_ROUND) }

  /// The numbers of a quantizer that are nearest to these, which are in units of its scale from its zero.
  fileprivate func rounded(to quantizer: FakeQuantization) throws -> Tensor {
    let range = quantizer.quantizedRange
    return try clamped(
      from: range.lowerBound - quantizer.zeroPoint, to: range.upperBound - quantizer.zeroPoint
    ).activated(CTORCH_ROUND).times(quantizer.scale)
  }
}

extension Graph {
  /// The quantizer that gives each value, or the one from which the value is only moved on.
  fileprivate func valueQuantizers() -> [String: FakeQuantization] {
    var quantizers: [String: FakeQuantization] = [:]
    for node in nodes {
      switch node.operation {
      case .fakeQuantize(let quantizer): quantizers[node.output] = quantizer
      case .flatten, .reshape, .transpose, .slice, .select, .expand, .relu, .clip:
        quantizers[node.output] = quantizers[node.inputs[0]]
      case .pool(let pooling) where pooling.kind == .maximum:
        quantizers[node.output] = quantizers[node.inputs[0]]
      default: break
      }
    }
    return quantizers
  }

  /// The quantizer of each value that nothing but equal quantizers read.
  fileprivate func onlyReaders() -> [String: FakeQuantization] {
    var readers: [String: Set<FakeQuantization?>] = [:]
    for node in nodes {
      for input in node.inputs {
        if case .fakeQuantize(let quantizer) = node.operation {
          readers[input, default: []].insert(quantizer)
        } else {
          readers[input, default: []].insert(nil)
        }
      }
    }
    for output in outputs { readers[output, default: []].insert(nil) }
    return readers.compactMapValues { $0.count == 1 ? $0.first ?? nil : nil }
  }
}
