import Core
import Evaluation
import Exporting
import Foundation
import Networks
import ONNX
import Testing

/// Where `qdq` puts quantizers, so that runtimes fuse them into integer operators.
@Suite struct HeldValuesTests {
  /// a and b are layers; b's output and the ReLU behind a are summed, clamped again, averaged and classified.
  ///
  ///     input -> a -> relu -> b -> sum -> relu -> mean -> flatten -> classifier
  ///                     \----------/
  private let graph: Graph = {
    let pointwise = Operation.convolution(Convolution(outputChannels: 2, kernel: 1))
    let nodes = [
      Node(name: "a", operation: pointwise, inputs: ["input"], output: "a.out"),
      Node(name: "a.relu", operation: .relu, inputs: ["a.out"], output: "a.positive"),
      Node(name: "b", operation: pointwise, inputs: ["a.positive"], output: "b.out"),
      Node(name: "sum", operation: .add, inputs: ["b.out", "a.positive"], output: "sum.out"),
      Node(name: "sum.relu", operation: .relu, inputs: ["sum.out"], output: "sum.positive"),
      Node(name: "mean", operation: .globalAveragePool, inputs: ["sum.positive"], output: "mean.out"),
      Node(name: "flat", operation: .flatten, inputs: ["mean.out"], output: "flat.out"),
      Node(
        name: "classifier", operation: .fullyConnected(outputs: 2), inputs: ["flat.out"], output: "scores"),
    ]
    return Graph(
      name: "residual", input: "input",
      inputShape: TensorShape([.batch, Dimension(2), Dimension(3), Dimension(3)]),
      nodes: nodes, output: "scores")
  }()

  private static func quantizer(_ range: ClosedRange<Int>, _ scales: [Float]) -> QuantizerEncoding {
    QuantizerEncoding(bits: .eight, lowest: range.lowerBound, highest: range.upperBound, scales: scales)
  }

  /// Inputs are signed, the others are not; weights are 1, 0.5, 0.25 and 0 at the scale 1/4, biases 0.3 and -1.
  private func quantized(_ policy: Precision = .eight, values: [String: QuantizerEncoding]) throws
    -> QuantizedGraph
  {
    let weight = Self.quantizer(-127...127, [0.25])
    let encodings = ["a": -127...127, "b": 0...255, "classifier": 0...255].sorted { $0.key < $1.key }.map {
      LayerEncoding(layer: $0.key, weight: weight, activation: Self.quantizer($0.value, [0.5]))
    }
    let numbers = (0..<3).flatMap { _ -> [Float] in [1, 0.5, 0.25, 0, 0.3, -1] }
    return try QuantizedGraph(
      graph, policy: .uniform(policy, layerCount: 3), encodings: encodings, values: values,
      numbers: numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
  }

  private let values = ["b.out": quantizer(-127...127, [0.125]), "sum.positive": quantizer(0...255, [0.75])]

  @Test("values that sums and means read without a layer are asked for; scores are not")
  func asked() throws {
    #expect(try QuantizedGraph.valuesWithoutLayers(in: graph) == ["b.out", "sum.positive"])
  }

  @Test(
    "one quantizer follows each layer, sum and mean, in place of its ReLU, and the flattened value has the same again"
  )
  func placement() throws {
    let file = try ONNX.decode(quantized(values: values).onnx(as: .qdq), file: "test")
    // As drawn above: both ReLUs are gone, since an unsigned quantizer behind them maps what is negative to zero.
    let kinds = file.nodes.map { node in
      switch node.operation {
      case .fakeQuantize(let quantizer): "\(quantizer.scale) \(Int(quantizer.zeroPoint))"
      default: node.name
      }
    }
    #expect(
      kinds == [
        "0.5 128", "a", "0.5 0", "b", "0.125 128", "sum", "0.75 0", "mean", "0.5 0", "flat", "0.5 0",
        "classifier",
      ])
    #expect(file.givenWidths.count == 3)
  }

  @Test("a quantizer with a zero point keeps it, where a signed one gets 128")
  func zeroPoints() throws {
    var values = values
    values["b.out"] = QuantizerEncoding(
      bits: .eight, lowest: 0, highest: 255, zeroPoint: 40, scales: [0.125])
    let file = try ONNX.decode(quantized(values: values).onnx(as: .qdq), file: "test")
    let quantizers = file.nodes.compactMap { node in
      if case .fakeQuantize(let quantizer) = node.operation { quantizer } else { nil }
    }
    #expect(quantizers.map(\.zeroPoint) == [128, 0, 40, 0, 0, 0])
    #expect(quantizers.allSatisfy { $0.quantizedRange == 0...255 })
  }

  @Test("a bias is a whole number of the product of both scales")
  func bias() throws {
    let file = try ONNX.decode(quantized(values: values).onnx(as: .qdq), file: "test")
    // 0.5 * 0.25 = 0.125: 0.3 is 2.4 of it, which rounds to 2, and -1 is 8 of it.
    #expect(file.weights["a"] == LayerWeights(weight: [1, 0.5, 0.25, 0], bias: [0.25, -1]))
  }

  @Test("a missing quantizer, or one of other widths, is refused by name")
  func refused() throws {
    #expect(throws: ExportError.noQuantizer(values: ["b.out"])) {
      try quantized(values: ["sum.positive": values["sum.positive"]!]).onnx(as: .qdq)
    }
    let narrow = QuantizerEncoding(bits: BitWidth(4)!, lowest: 0, highest: 15, scales: [1])
    #expect(throws: ExportError.illegalValueQuantizer(value: "b.out", problem: "has 4 bits instead of 8")) {
      try quantized(values: ["b.out": narrow])
    }
    let policy = Policy.uniform(Precision("W4A6")!, layerCount: 3)
    #expect(
      throws: ExportError.notBytes([
        "a with 6-bit activations", "b with 6-bit activations", "classifier with 6-bit activations",
      ])
    ) { try ExportForm.qdq.check(policy, for: graph.network()) }
  }
}
