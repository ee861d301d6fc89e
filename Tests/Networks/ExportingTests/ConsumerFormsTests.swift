import Core
import Evaluation
import Exporting
import Foundation
import Networks
import ONNX
import Testing

/// Forms for consumers other than ONNX runtimes.
@Suite struct ConsumerFormsTests {
  /// Two convolutions and a classifier: `a`, `b`, `c`.
  private let graph: Graph = {
    let pointwise = Operation.convolution(Convolution(outputChannels: 2, kernel: 1))
    let nodes = [
      Node(name: "a", operation: pointwise, inputs: ["input"], output: "a"),
      Node(name: "relu", operation: .relu, inputs: ["a"], output: "relu"),
      Node(name: "b", operation: pointwise, inputs: ["relu"], output: "b"),
      Node(name: "mean", operation: .globalAveragePool, inputs: ["b"], output: "mean"),
      Node(name: "flat", operation: .flatten, inputs: ["mean"], output: "flat"),
      Node(name: "c", operation: .fullyConnected(outputs: 2), inputs: ["flat"], output: "scores"),
    ]
    return Graph(
      name: "net", input: "input",
      inputShape: TensorShape([.batch, Dimension(2), Dimension(3), Dimension(3)]), nodes: nodes,
      output: "scores")
  }()

  private static func integers(_ bits: Int, _ range: ClosedRange<Int>, _ scales: [Float]) throws
    -> TensorEncoding
  {
    .integers(
      QuantizerEncoding(
        bits: try #require(BitWidth(bits)), lowest: range.lowerBound, highest: range.upperBound,
        scales: scales))
  }

  private static func other(_ name: String, _ scales: [Float] = []) throws -> TensorEncoding {
    let format = try #require(BitWidth(formatName: name))
    return .other(try #require(FormatEncoding(format: format, scales: scales)))
  }

  /// Every layer has the weights 1, 0.5, 0.25 and 0, and the biases 0.3 and -1.
  private func quantized(_ encodings: [(TensorEncoding, TensorEncoding)]) throws -> QuantizedGraph {
    let layers = zip(["a", "b", "c"], encodings).map {
      LayerEncoding(layer: $0, weight: $1.0, activation: $1.1)
    }
    let policy = Policy(encodings.map { Precision(weight: $0.0.format, activation: $0.1.format) })
    let numbers = (0..<3).flatMap { _ -> [Float] in [1, 0.5, 0.25, 0, 0.3, -1] }
    return try QuantizedGraph(
      graph, policy: policy, encodings: layers,
      numbers: numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
  }

  @Test("TensorRT's quantizers are signed, without zero point, and reach as far as the policy's")
  func tensorrt() throws {
    let network = try quantized([
      (Self.integers(4, -7...7, [0.25]), Self.integers(8, -127...127, [0.5])),
      (Self.integers(8, -127...127, [0.25]), Self.integers(8, 0...255, [127.0 / 255])),
      (Self.other("bf16"), Self.other("bf16")),
    ])
    let file = try ONNX.decode(network.onnx(as: .tensorrt), file: "test")
    let quantizers = file.nodes.compactMap { node in
      if case .fakeQuantize(let quantizer) = node.operation { quantizer } else { nil }
    }
    #expect(quantizers.allSatisfy { $0.zeroPoint == 0 && $0.quantizedRange == -128...127 })
    // 255 steps of 127/255 reach to 127; so do 127 steps of 1.
    #expect(quantizers.count == 2 && quantizers[0].scale == 0.5 && abs(quantizers[1].scale - 1) < 1e-6)
    // In front of layers, and the relu stays. Biases are the layers' own, and are not rounded.
    #expect(file.nodes.map(\.name).filter { !$0.contains("input") } == graph.nodes.map(\.name))
    #expect(file.weights["a"] == LayerWeights(weight: [1, 0.5, 0.25, 0], bias: [0.3, -1]))
    let eight = GivenWidths(weight: .eight, activation: .eight)
    #expect(file.givenWidths == ["a": eight, "b": eight])
  }

  @Test("TensorRT has one type for both operands, and integers of 8 bits alone")
  func tensorrtPairs() throws {
    let network = try graph.network()
    func refused(_ pair: String) throws -> Bool {
      let policy = Policy.uniform(try #require(Precision(pair)), layerCount: 3)
      do {
        try ExportForm.tensorrt.check(policy, for: network)
        return false
      } catch is ExportError { return true }
    }
    for pair in ["W8A8", "W4A8", "fp8-e4m3/fp8-e4m3", "fp16/fp16", "bf16/bf16", "W32A32"] {
      #expect(try !refused(pair), "\(pair)")
    }
    for pair in ["W8A4", "W8A16", "W32A8", "int8/bf16", "bf16/fp16", "fp8-e5m2/fp8-e5m2", "mxfp4/mxfp4"] {
      #expect(try refused(pair), "\(pair)")
    }
  }

  @Test("forms with symmetric quantizers alone name the layers that read values with a zero point")
  func zeroPoints() throws {
    func shifted(_ zeroPoint: Int, _ lowest: Int = 0) -> TensorEncoding {
      .integers(
        QuantizerEncoding(
          bits: .eight, lowest: lowest, highest: lowest + 255, zeroPoint: zeroPoint, scales: [0.5]))
    }
    let weight = try Self.integers(8, -127...127, [0.25])
    // Both signs; never negative, as unsigned and as signed bytes; never above zero.
    let network = try quantized([(weight, shifted(40)), (weight, shifted(0)), (weight, shifted(255))])
    for form in [ExportForm.tensorrt, .modelopt] {
      #expect(throws: ExportError.zeroPoints(form, layers: ["a", "c"])) {
        try form.check(network.encodings)
      }
    }
    #expect(throws: ExportError.zeroPoints(.tensorrt, layers: ["a", "c"])) {
      try network.onnx(as: .tensorrt)
    }
    // As far on one side as on the other, but for the most negative quantized value.
    let alike = try quantized([(weight, shifted(128)), (weight, shifted(127)), (weight, shifted(-128, -128))])
    try ExportForm.tensorrt.check(alike.encodings)
    let lines = try Self.modelOpt(alike.encodings.map { ($0.weight, $0.activation) }, of: graph.network())
    #expect(lines[3].contains("narrow_range") && lines[7].contains("unsigned"))
    for form in ExportForm.allCases where form != .tensorrt && form != .modelopt {
      try form.check(network.encodings)
    }
    let config = CompressedTensorsConfig(network.encodings, modules: ["a", "b", "c"])
    #expect(config.configGroups.values.allSatisfy { $0.inputActivations?.symmetric == false })
  }

  @Test("trtexec is told of layers of floats by name; with none there are no lists")
  func layerPrecisions() throws {
    func text(_ pairs: [String]) throws -> String {
      try LayerPrecisions(of: graph.network(), under: Policy(pairs.compactMap(Precision.init))).text
    }
    #expect(
      try text(["fp16/fp16", "W8A8", "W32A32"])
        == "--int8 --fp16 --precisionConstraints=obey --layerPrecisions=a:fp16,c:fp32\n")
    #expect(
      try text(["bf16/bf16", "fp8-e4m3/fp8-e4m3", "bf16/bf16"])
        == "--fp8 --bf16 --precisionConstraints=obey --layerPrecisions=a:bf16,c:bf16\n")
    #expect(try text(["W8A8", "W8A8", "W8A8"]) == "--int8\n")
    var named = graph
    named.nodes[0].name = "a,b:*"
    let network = try named.network()
    let floats = Policy.uniform(try #require(Precision("W32A32")), layerCount: 3)
    #expect(throws: ExportError.unlistableNames(["a,b:*"])) {
      try LayerPrecisions(of: network, under: floats)
    }
  }

  @Test(
    "NNCF's patterns name nodes and the values of the last, as OpenVINO does; special characters are escaped")
  func ignoredScope() throws {
    var named = graph
    named.nodes[0].name = "net/a.1+(x)"
    named.nodes[0].output = "net/a.1+(x)"
    named.nodes[1].inputs = ["net/a.1+(x)"]
    let policy = Policy(["W32A32", "W8A8", "W32A32"].compactMap(Precision.init))
    let scope = try IgnoredScope(of: named, named.network(), under: policy)
    #expect(scope.patterns == [#"^(net/a\.1\+\(x\))(/WithoutBiases)?$"#, "^(c|scores)(/WithoutBiases)?$"])
    let integers = Policy.uniform(.eight, layerCount: 3)
    #expect(try IgnoredScope(of: graph, graph.network(), under: integers).patterns == [])
    #expect(throws: ExportError.self) {
      try ExportForm.nncf.check(
        .uniform(try #require(Precision("bf16/bf16")), layerCount: 3), for: graph.network())
    }
  }

  @Test("NNCF cannot be pointed at transposed convolutions with a bias, whose names change")
  func unnamed() throws {
    var net = graph
    let transposed = TransposedConvolution(
      convolution: Convolution(outputChannels: 2, kernel: 1), outputPadding: [0, 0])
    net.nodes[0].operation = .transposedConvolution(transposed)
    let floats = Policy.uniform(try #require(Precision("W32A32")), layerCount: 3)
    let network = try net.network()
    #expect(throws: ExportError.noNameInOpenVINO(layer: "a")) {
      try IgnoredScope(of: net, network, under: floats)
    }
    net.weights["a"] = LayerWeights(weight: [1, 0, 0, 1], bias: [0, 0])
    #expect(try IgnoredScope(of: net, network, under: floats).patterns.count == 3)
  }

  /// Written by hand in the form of `QuantizationConfig` of compressed-tensors 0.20, whose own classes read it:
  /// docs/examples/export/consumers.
  @Test("compressed-tensors gets a group for layers of equal numbers; layers of floats are ignored")
  func compressedTensors() throws {
    func config(_ encodings: [(TensorEncoding, TensorEncoding)]) throws -> String {
      let layers = zip(["a", "b", "c"], encodings).map {
        LayerEncoding(layer: $0, weight: $1.0, activation: $1.1)
      }
      let config = CompressedTensorsConfig(layers, modules: ["features.0", "features.1", "head"])
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let bytes = try encoder.encode(config)
      #expect(try JSONDecoder().decode(CompressedTensorsConfig.self, from: bytes) == config)
      return String(decoding: bytes, as: UTF8.self)
    }
    let eight = (
      try Self.integers(8, -127...127, [1, 2]), try Self.integers(8, 0...255, [1])
    )
    #expect(
      try config([eight, eight, (Self.other("fp32"), Self.other("fp32"))])
        == #"{"config_groups":{"group_0":{"input_activations":{"dynamic":false,"num_bits":8,"#
        + #""strategy":"tensor","symmetric":false,"type":"int"},"targets":["features.0","features.1"],"#
        + #""weights":{"dynamic":false,"num_bits":8,"strategy":"channel","symmetric":true,"type":"int"}}},"#
        + #""ignore":["head"],"quant_method":"compressed-tensors"}"#)
    let groups = (try Self.other("int4-g128", [1]), try Self.other("bf16"))
    let blocks = (try Self.other("nvfp4"), try Self.other("nvfp4"))
    let floats = (try Self.other("mxfp8-e4m3"), try Self.other("mxfp8-e4m3"))
    #expect(
      try config([groups, blocks, floats])
        == #"{"config_groups":{"group_0":{"targets":["features.0"],"weights":{"dynamic":false,"#
        + #""group_size":128,"num_bits":4,"strategy":"group","symmetric":true,"type":"int"}},"#
        + #""group_1":{"input_activations":{"dynamic":"local","group_size":16,"num_bits":4,"#
        + #""scale_dtype":"torch.float8_e4m3fn","strategy":"tensor_group","symmetric":true,"type":"float"},"#
        + #""targets":["features.1"],"weights":{"dynamic":false,"group_size":16,"num_bits":4,"#
        + #""scale_dtype":"torch.float8_e4m3fn","strategy":"tensor_group","symmetric":true,"type":"float"}},"#
        + #""group_2":{"input_activations":{"dynamic":true,"group_size":32,"num_bits":8,"#
        + #""scale_dtype":"torch.uint8","strategy":"group","symmetric":true,"type":"float"},"#
        + #""targets":["head"],"weights":{"dynamic":false,"group_size":32,"num_bits":8,"#
        + #""scale_dtype":"torch.uint8","strategy":"group","symmetric":true,"type":"float"}}},"#
        + #""ignore":[],"quant_method":"compressed-tensors"}"#)
  }

  private static func modelOpt(_ encodings: [(TensorEncoding, TensorEncoding)], of network: Network)
    -> [String]
  {
    let layers = zip(["a", "b", "c"], encodings).map {
      LayerEncoding(layer: $0, weight: $1.0, activation: $1.1)
    }
    let config = ModelOptConfig(layers, of: network, modules: ["features.0", #"list["x"]"#, "head"])
    return config.text.split(separator: "\n").map(String.init)
  }

  /// Written by hand in the form of nvidia-modelopt 0.47, whose `QuantizeConfig` reads such files.
  @Test("Model Optimizer gets quantizers of layers that have any, after all have been switched off")
  func modelOpt() throws {
    let eight = (try Self.integers(8, -127...127, [1, 2]), try Self.integers(8, 0...255, [1]))
    let float8 = (try Self.other("fp8-e4m3", [1]), try Self.other("fp8-e4m3", [1]))
    let network = try graph.network()
    #expect(
      try Self.modelOpt([eight, float8, (Self.other("int4-g128", [1]), Self.other("bf16"))], of: network) == [
        "quant_cfg:", #"- {"quantizer_name": "*", "enable": false}"#,
        #"- {"quantizer_name": "features.0.weight_quantizer", "cfg": {"num_bits": 8, "axis": 0, "narrow_range": true}}"#,
        #"- {"quantizer_name": "features.0.input_quantizer", "cfg": {"num_bits": 8, "axis": null, "unsigned": true}}"#,
        // A bracket is a class of characters there.
        #"- {"quantizer_name": "list[[]\"x\"].weight_quantizer", "cfg": {"num_bits": [4, 3], "axis": null}}"#,
        #"- {"quantizer_name": "list[[]\"x\"].input_quantizer", "cfg": {"num_bits": [4, 3], "axis": null}}"#,
        #"- {"quantizer_name": "head.weight_quantizer", "cfg": {"num_bits": 4, "narrow_range": true, "#
          + #""block_sizes": {-1: 128, "type": "static"}}}"#,
        "algorithm: max",
      ])
    let nothing = (try Self.other("fp32"), try Self.other("fp32"))
    let blocks = (try Self.other("nvfp4"), try Self.other("mxfp6-e3m2"))
    #expect(
      Self.modelOpt([nothing, nothing, blocks], of: network).suffix(3) == [
        #"- {"quantizer_name": "head.weight_quantizer", "cfg": {"num_bits": [2, 1], "#
          + #""block_sizes": {-1: 16, "type": "dynamic", "scale_bits": [4, 3]}}}"#,
        #"- {"quantizer_name": "head.input_quantizer", "cfg": {"num_bits": [3, 2], "#
          + #""block_sizes": {-1: 32, "type": "dynamic", "scale_bits": [8, 0]}}}"#,
        "algorithm: max",
      ])
  }

  @Test(
    "Model Optimizer has outputs of transposed convolutions on the second axis, and blocks in matrices alone")
  func modelOptLayers() throws {
    var net = graph
    net.nodes[0].operation = .transposedConvolution(
      TransposedConvolution(convolution: Convolution(outputChannels: 2, kernel: 1), outputPadding: [0, 0]))
    let eight = (try Self.integers(8, -127...127, [1, 2]), try Self.integers(8, -127...127, [1]))
    let lines = try Self.modelOpt([eight, eight, eight], of: net.network())
    #expect(lines[2].contains(#""axis": 1"#) && lines[4].contains(#""axis": 0"#))
    let network = try graph.network()
    try ExportForm.modelopt.check(
      Policy(["W4A8", "bf16/bf16", "int4-g128/bf16"].compactMap(Precision.init)), for: network)
    let error = #expect(throws: ExportError.self) {
      try ExportForm.modelopt.check(
        Policy(["W4A8", "int4-g128/bf16", "W8A8"].compactMap(Precision.init)), for: network)
    }
    #expect(
      error?.description
        == "modelopt cannot express int4-g128/bf16 of layer b (qcdq, qdq, encodings, compressed-tensors can)")
  }
}
