import Core
import Evaluation
import Exporting
import Foundation
import Networks
import ONNX
import Testing

/// What an evaluator hands out is believed only once it fits the policy and the network.
@Suite struct QuantizedGraphTests {
  /// Two fully connected layers that read one value, so that they can share its quantizer.
  private let graph: Graph = {
    let nodes = [
      Node(name: "left", operation: .fullyConnected(outputs: 2), inputs: ["input"], output: "l"),
      Node(name: "right", operation: .fullyConnected(outputs: 2), inputs: ["input"], output: "r"),
      Node(name: "sum", operation: .add, inputs: ["l", "r"], output: "y"),
    ]
    return Graph(name: "two", input: "input", inputShape: .vector(3), nodes: nodes, output: "y")
  }()

  private let policy = Policy.uniform(Precision("W3A4")!, layerCount: 2)

  private static func quantizer(_ bits: Int, _ quantizedRange: ClosedRange<Int>, _ scales: [Float])
    -> QuantizerEncoding
  {
    QuantizerEncoding(
      bits: BitWidth(bits)!, lowest: quantizedRange.lowerBound, highest: quantizedRange.upperBound,
      scales: scales)
  }

  private func encodings(right activation: QuantizerEncoding = quantizer(4, 0...15, [0.5])) -> [LayerEncoding]
  {
    [
      LayerEncoding(
        layer: "left", weight: Self.quantizer(3, -3...3, [0.5, 0.25]),
        activation: Self.quantizer(4, 0...15, [0.5])),
      LayerEncoding(layer: "right", weight: Self.quantizer(3, -3...3, [1]), activation: activation),
    ]
  }

  /// Weights of the quantizers above: quantized values times scales, 2 x 3 a layer, each followed by two biases.
  private let numbers: [Float] = [1.5, -0.5, 0, 0.75, 0.25, -0.5, 9, 8, 3, -3, 0, 1, 2, -1, 7, 6]

  private func quantized(_ encodings: [LayerEncoding], _ numbers: [Float]) throws -> QuantizedGraph {
    let bytes = numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    return try QuantizedGraph(graph, policy: policy, encodings: encodings, numbers: bytes)
  }

  private func quantizerCount(_ graph: Graph) -> Int {
    graph.nodes.count { if case .fakeQuantize = $0.operation { true } else { false } }
  }

  @Test("weights and widths survive both forms", arguments: [QuantizerWriting.Form.qonnx, .qcdq])
  func roundTrip(_ form: QuantizerWriting.Form) throws {
    let bytes = try quantized(encodings(), numbers).onnx(as: form)
    let read = try ONNX.decode(bytes, file: "test")
    #expect(
      read.weights["left"] == LayerWeights(weight: [1.5, -0.5, 0, 0.75, 0.25, -0.5], bias: [9, 8]))
    #expect(read.weights["right"] == LayerWeights(weight: [3, -3, 0, 1, 2, -1], bias: [7, 6]))
    let widths = GivenWidths(weight: BitWidth(3), activation: BitWidth(4))
    #expect(read.givenWidths == ["left": widths, "right": widths])
  }

  private static let shifted = QuantizerEncoding(
    bits: BitWidth(4)!, lowest: 0, highest: 15, zeroPoint: 3, scales: [0.5])

  @Test("a zero point survives both forms", arguments: [QuantizerWriting.Form.qonnx, .qcdq])
  func zeroPoint(_ form: QuantizerWriting.Form) throws {
    let bytes = try quantized(encodings(right: Self.shifted), numbers).onnx(as: form)
    let quantizers = try ONNX.decode(bytes, file: "test").nodes.compactMap { node in
      if case .fakeQuantize(let quantizer) = node.operation { quantizer } else { nil }
    }
    let expected = [Float(0), 3].map {
      FakeQuantization(scale: 0.5, zeroPoint: $0, quantizedRange: 0...15, width: BitWidth(4)!)
    }
    #expect(quantizers == expected)
    // 0.4 is 0.8 steps above zero; -9 is cut off at 3 steps below, 9 at 12 above.
    #expect([0, 0.4, -9, 9].map { expected[1]($0) } == [0, 0.5, -1.5, 6])
  }

  @Test("encodings have the zero point, and the numbers that both ends stand for")
  func encodingsDocument() throws {
    let graph = try quantized(encodings(right: Self.shifted), numbers)
    let document = EncodingsDocument(graph, network: .init(name: "two", sha256: ""))
    guard case .integers(let activation) = document.layers[1].activation else {
      Issue.record("integers expected")
      return
    }
    #expect(activation.zeroPoint == 3 && activation.lowestCode == 0 && activation.highestCode == 15)
    #expect(activation.min == [-1.5] && activation.max == [6] && !activation.signed)
  }

  @Test("layers that read one value share its quantizer when their quantizers are equal")
  func sharing() throws {
    let shared = try ONNX.decode(quantized(encodings(), numbers).onnx(as: .qcdq), file: "test")
    #expect(quantizerCount(shared) == 1)
    let other = encodings(right: Self.quantizer(4, 0...15, [0.25]))
    let apart = try ONNX.decode(quantized(other, numbers).onnx(as: .qcdq), file: "test")
    #expect(quantizerCount(apart) == 2)
  }

  @Test("a weight a rounding error off is put back, one further off is refused")
  func notQuantized() throws {
    var numbers = numbers
    numbers[0] = 1.5000001
    #expect(try quantized(encodings(), numbers).graph.weights["left"]?.weight[0] == 1.5)
    numbers[0] = 1.4
    #expect(throws: ExportError.notQuantized(layer: "left", weight: 1.4, scale: 0.5)) {
      try quantized(encodings(), numbers)
    }
    // Beyond its last quantized value.
    numbers[0] = 2
    #expect(throws: ExportError.notQuantized(layer: "left", weight: 2, scale: 0.5)) {
      try quantized(encodings(), numbers)
    }
    numbers[0] = .nan
    #expect(throws: ExportError.notFinite(layer: "left")) { try quantized(encodings(), numbers) }
  }

  @Test("new numbers of constants are taken; of others, in another number or infinite they are refused")
  func constants() throws {
    var graph = graph
    graph.constants = ["c": Constant(extents: [2], values: [1, 2])]
    let bytes = numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    func constants(_ found: [String: [Float]]) throws -> [String: Constant] {
      try QuantizedGraph(
        graph, policy: policy, encodings: encodings(), constants: found, numbers: bytes
      ).graph.constants
    }
    #expect(try constants([:]) == graph.constants)
    #expect(try constants(["c": [3, 4]]) == ["c": Constant(extents: [2], values: [3, 4])])
    #expect(throws: ExportError.illegalConstant("d", known: nil)) { try constants(["d": [3, 4]]) }
    for wrong: [Float] in [[3], [3, .infinity]] {
      #expect(throws: ExportError.illegalConstant("c", known: 2)) { try constants(["c": wrong]) }
    }
  }

  @Test("other layers, widths, quantized values, scales or sizes are refused")
  func misfits() throws {
    #expect(throws: ExportError.wrongLayers(found: "left", expected: "left, right")) {
      try quantized([encodings()[0]], numbers)
    }
    #expect(throws: ExportError.wrongFileSize(found: 60, expected: 64)) {
      try quantized(encodings(), Array(numbers.dropLast()))
    }
    #expect(throws: ExportError.wrongWidth(layer: "right", role: "activations", found: 5, expected: 4)) {
      try quantized(encodings(right: Self.quantizer(5, 0...31, [0.5])), numbers)
    }
    for (quantizer, problem) in [
      (
        Self.quantizer(4, 0...14, [0.5]),
        "has quantized values from 0 to 14; with 4 bits they are 0 to 15, -7 to 7, -8 to 7"
      ),
      (Self.quantizer(4, 0...15, [0.5, 0.5]), "has 2 scales; 1 expected"),
      (Self.quantizer(4, 0...15, [0]), "has a scale that is not a positive number"),
    ] {
      #expect(throws: ExportError.illegalQuantizer(layer: "right", role: "activations", problem: problem)) {
        try quantized(encodings(right: quantizer), numbers)
      }
    }
  }
}
