import Core
import Evaluation
import Exporting
import Foundation
import Networks
import NumberFormats
import ONNX
import Testing

/// Layers in bytes beside layers in floats and other formats.
@Suite struct MixedFormatsTests {
  /// As in `HeldValuesTests`:
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

  private static let bytes = (
    weight: TensorEncoding.integers(
      QuantizerEncoding(bits: .eight, lowest: -127, highest: 127, scales: [0.25])),
    signed: TensorEncoding.integers(
      QuantizerEncoding(bits: .eight, lowest: -127, highest: 127, scales: [0.5])),
    unsigned: TensorEncoding.integers(
      QuantizerEncoding(bits: .eight, lowest: 0, highest: 255, scales: [0.5]))
  )

  private func other(_ format: BitWidth, _ scales: [Float]) throws -> TensorEncoding {
    .other(try #require(FormatEncoding(format: format, scales: scales)))
  }

  /// Every layer has the weights 1, 0.5, 0.25 and 0, and the biases 0.3 and -1.
  private func quantized(
    _ precisions: [String], scales: [(weight: [Float], activation: [Float])]? = nil, of changed: Graph? = nil
  ) throws -> QuantizedGraph {
    let policy = Policy(try precisions.map { try #require(Precision($0)) })
    let encodings = try zip(["a", "b", "classifier"], policy.precisions).enumerated().map { index, layer in
      let (name, precision) = layer
      return LayerEncoding(
        layer: name,
        weight: precision.weight == .eight
          ? Self.bytes.weight : try other(precision.weight, scales?[index].weight ?? []),
        activation: precision.activation == .eight
          ? (name == "a" ? Self.bytes.signed : Self.bytes.unsigned)
          : try other(precision.activation, scales?[index].activation ?? []))
    }
    let numbers = (0..<3).flatMap { _ -> [Float] in [1, 0.5, 0.25, 0, 0.3, -1] }
    return try QuantizedGraph(
      changed ?? graph, policy: policy, encodings: encodings,
      values: [
        "a.positive": QuantizerEncoding(bits: .eight, lowest: 0, highest: 255, scales: [1]),
        "b.out": QuantizerEncoding(bits: .eight, lowest: -127, highest: 127, scales: [0.125]),
        "sum.positive": QuantizerEncoding(bits: .eight, lowest: 0, highest: 255, scales: [0.75]),
      ],
      numbers: numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
  }

  private func kinds(_ graph: Graph) -> [String] {
    graph.nodes.map { node in
      guard case .fakeQuantize(let quantizer) = node.operation else { return node.name }
      return quantizer.floats.map { "\($0) \(quantizer.scale)" }
        ?? "\(quantizer.scale) \(Int(quantizer.zeroPoint))"
    }
  }

  @Test("what an integer layer gives is in bytes, also for a layer of floats; nothing else is rounded for it")
  func floats() throws {
    let policy = Policy(["W8A8", "W32A32", "W8A8"].compactMap(Precision.init))
    // The sum adds floats, so that it asks for no quantizers of its own.
    #expect(try QuantizedGraph.valuesWithoutLayers(in: graph, under: policy) == ["a.positive"])
    let file = try ONNX.decode(quantized(["W8A8", "W32A32", "W8A8"]).onnx(as: .qdq), file: "test")
    // b reads the bytes by a DequantizeLinear of its own, so that runtimes leave it in floats.
    #expect(
      kinds(file) == [
        "0.5 128", "a", "1.0 0", "1.0 0", "b", "sum", "sum.relu", "mean", "0.5 0", "flat", "0.5 0",
        "classifier",
      ])
    func inputs(_ name: String) -> [String] { file.nodes.first { $0.name == name }?.inputs ?? [] }
    #expect(inputs("sum")[1] != inputs("b")[0])
    let eight = GivenWidths(weight: .eight, activation: .eight)
    #expect(
      file.givenWidths == ["a": eight, "b": GivenWidths(activation: .eight), "classifier": eight])
    // A float bias stays as it is; an integer one is a multiple of 0.5 * 0.25: 0.3 is 2.4 of it.
    #expect(file.weights["b"]?.bias == [0.3, -1] && file.weights["a"]?.bias == [0.25, -1])
  }

  @Test(
    "a policy of floats alone writes the network as it is",
    arguments: [QuantizerWriting.Form.qdq, .qcdq, .qonnx])
  func allFloats(_ form: QuantizerWriting.Form) throws {
    let file = try ONNX.decode(quantized(["W32A32", "W32A32", "W32A32"]).onnx(as: form), file: "test")
    #expect(kinds(file) == graph.nodes.map(\.name))
    #expect(file.givenWidths.isEmpty)
  }

  @Test("before a last layer of floats, integer layers give bytes, of which floats are computed")
  func tail() throws {
    let policy = Policy(["W8A8", "W8A8", "W32A32"].compactMap(Precision.init))
    #expect(try QuantizedGraph.valuesWithoutLayers(in: graph, under: policy) == ["b.out"])
    let file = try ONNX.decode(quantized(["W8A8", "W8A8", "W32A32"]).onnx(as: .qdq), file: "test")
    #expect(
      kinds(file) == [
        "0.5 128", "a", "0.5 0", "b", "0.125 128", "sum", "sum.relu", "mean", "flat", "classifier",
      ])
  }

  @Test("a first layer of floats reads the network's input as it is, also where an integer layer reads it")
  func input() throws {
    var branches = graph
    branches.nodes[2].inputs = ["input"]
    let file = try ONNX.decode(
      quantized(["W32A32", "W8A8", "W32A32"], of: branches).onnx(as: .qdq), file: "test")
    #expect(
      kinds(file) == [
        "0.5 0", "a", "a.relu", "b", "0.125 128", "sum", "sum.relu", "mean", "flat", "classifier",
      ])
    #expect(file.nodes.first { $0.name == "a" }?.inputs == ["input"])
  }

  @Test("8-bit floats have quantizers of their own, and weights are their codes")
  func float8() throws {
    let pair = "fp8-e4m3/fp8-e4m3"
    let scales: [(weight: [Float], activation: [Float])] = [([], []), ([0.5, 0.25], [0.125]), ([], [])]
    let file = try ONNX.decode(
      quantized(["W8A8", pair, "W8A8"], scales: scales).onnx(as: .qdq), file: "test")
    #expect(kinds(file).contains("fp8-e4m3 0.125"))
    // Every weight is a number of the format times the scale of its output.
    #expect(file.weights["b"] == LayerWeights(weight: [1, 0.5, 0.25, 0], bias: [0.3, -1]))
    let format = BitWidth(format: .floating(.float8E4M3))
    #expect(file.givenWidths["b"] == GivenWidths(weight: format, activation: format))
  }

  @Test(
    "clamps in front of 8-bit floats are written as Max and Min, which runtimes leave alone",
    arguments: [QuantizerWriting.Form.qdq, .qcdq])
  func clampsBeforeFloats8(_ form: QuantizerWriting.Form) throws {
    let pair = "fp8-e4m3/fp8-e4m3"
    let scales: [(weight: [Float], activation: [Float])] = [
      ([0.5, 0.25], [0.25]), ([0.5, 0.25], [0.125]), ([0.5, 0.25], [0.25]),
    ]
    let file = try ONNX.decode(quantized([pair, pair, pair], scales: scales).onnx(as: form), file: "test")
    func operation(_ name: String) -> Networks.Operation? { file.nodes.first { $0.name == name }?.operation }
    #expect(operation("a.relu") == .arithmetic(.maximum))
    // Behind a mean and a flattening, rounding is not moved in front of the relu.
    #expect(operation("sum.relu") == .relu)
    #expect(file.constants.values.map(\.values) == [[0]])
  }

  @Test("16-bit floats are read back as casts, and weights of them as such")
  func halves() throws {
    let file = try ONNX.decode(quantized(["W8A8", "fp16/bf16", "W8A8"]).onnx(as: .qdq), file: "test")
    let (fp16, bf16) = (BitWidth(format: .floating(.float16)), BitWidth(format: .floating(.bfloat16)))
    #expect(file.givenWidths["b"] == GivenWidths(weight: fp16, activation: bf16))
    #expect(kinds(file).contains("bf16 1.0"))
    #expect(file.firstQuantizer != nil)
  }

  @Test("groups of integers are 4-bit integers with a scale for each block of a row")
  func groups() throws {
    let scales: [(weight: [Float], activation: [Float])] = [([], []), ([0.25, 0.125], []), ([], [])]
    let file = try ONNX.decode(
      quantized(["W8A8", "int4-g32/bf16", "W8A8"], scales: scales).onnx(as: .qcdq), file: "test")
    #expect(file.weights["b"]?.weight == [1, 0.5, 0.25, 0])
    #expect(file.givenWidths["b"]?.weight == BitWidth(4))
    // 0.25 / 0.3 is no integer.
    let wrong: [(weight: [Float], activation: [Float])] = [([], []), ([0.3, 0.125], []), ([], [])]
    #expect(throws: ExportError.notQuantized(layer: "b", weight: 1, scale: 0.3)) {
      try quantized(["W8A8", "int4-g32/bf16", "W8A8"], scales: wrong)
    }
  }

  @Test("encodings of other formats, and too many or too few scales, are refused")
  func misfits() throws {
    let scales: [(weight: [Float], activation: [Float])] = [([], []), ([0.25], []), ([], [])]
    #expect(
      throws: ExportError.illegalQuantizer(
        layer: "b", role: "weights", problem: "has 1 scales; 2 expected of int4-g32")
    ) { try quantized(["W8A8", "int4-g32/bf16", "W8A8"], scales: scales) }
  }

  @Test("what a form cannot express is an error that names layer, pair and the forms that can")
  func inexpressible() throws {
    let policy = Policy(["W8A8", "mxfp4/mxfp8-e4m3", "int8/bf16"].compactMap(Precision.init))
    let network = try graph.network()
    for form in [ExportForm.qdq, .qcdq] {
      let error = #expect(throws: ExportError.self) { try form.check(policy, for: network) }
      #expect(
        error?.description
          == "\(form.rawValue) cannot express mxfp4/mxfp8-e4m3 of layer b (encodings, compressed-tensors can)"
      )
    }
    let error = #expect(throws: ExportError.self) { try ExportForm.qonnx.check(policy, for: network) }
    #expect(
      error?.description
        == "qonnx cannot express mxfp4/mxfp8-e4m3 of layer b (encodings, compressed-tensors can), int8/bf16 of layer classifier (qcdq, qdq, encodings, compressed-tensors, modelopt can)"
    )
    try ExportForm.encodings.check(policy, for: network)
    let legal = Policy(["int8/int16", "int4-g128/bf16", "fp8-e4m3/fp32"].compactMap(Precision.init))
    try ExportForm.qdq.check(legal, for: network)
  }

  @Test("encodings state formats and scales; integers alone are as before")
  func encodings() throws {
    func text(_ quantized: QuantizedGraph) throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let document = EncodingsDocument(quantized, network: .init(name: "n", sha256: "s"))
      #expect(try JSONDecoder().decode(EncodingsDocument.self, from: encoder.encode(document)) == document)
      return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
    let scales: [(weight: [Float], activation: [Float])] = [([], []), ([0.5, 0.25], []), ([], [])]
    let mixed = try text(quantized(["W8A8", "fp8-e4m3/bf16", "W8A8"], scales: scales))
    #expect(mixed.contains(#""schema":"haq.encodings/1.1""#))
    #expect(mixed.contains(#""weight":{"format":"fp8-e4m3","scale":[0.5,0.25],"tensor":"b.weight"}"#))
    #expect(mixed.contains(#""activation":{"format":"bf16","scale":[],"tensor":"a.positive"}"#))
    #expect(try text(quantized(["W8A8", "W8A8", "W8A8"])).contains(#""schema":"haq.encodings/1.0""#))
  }
}
