import Core
import Networks
import ONNX
import Testing

@Suite("ConvTranspose as a layer")
struct TransposedConvolutionTests {
  /// A layer on maps of `channels`, whose weights count up.
  private func read(
    weights: [Int64], groups: Int64 = 1, bias: [Float]? = nil,
    _ attributes: [String: ForeignModel.Attribute] = [:]
  ) throws -> Graph {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, weights[0], 7, 7]
    let numbers = (0..<weights.reduce(1, *)).map { Float($0) }
    model.initializers = [ForeignModel.Tensor("w", weights, numbers)]
    if let bias { model.initializers.append(ForeignModel.Tensor("b", [Int64(bias.count)], bias)) }
    let inputs = ["x", "w"] + (bias == nil ? [] : ["b"])
    model.nodes = [
      ForeignModel.Node(
        "up", "ConvTranspose", inputs, ["y"], attributes.merging(["group": .integer(groups)]) { $1 })
    ]
    return try ONNX.decode(model.data, file: "net.onnx")
  }

  @Test("its weights are outputs first, as those of all layers, in each group")
  func weights() throws {
    // Input channels 0 and 1 make outputs 0 and 1; 2 and 3 make 2 and 3. The file has a row for each input.
    let grouped = try read(weights: [4, 2, 1, 1], groups: 2, bias: [1, 2, 3, 4])
    #expect(
      grouped.weights["up"] == LayerWeights(weight: [0, 2, 1, 3, 4, 6, 5, 7], bias: [1, 2, 3, 4]))
    let plain = try read(weights: [2, 3, 1, 2])
    #expect(
      plain.weights["up"]
        == LayerWeights(weight: [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11], bias: [0, 0, 0]))
  }

  @Test("the outline has its shape, its work and its parameters")
  func outline() throws {
    let graph = try read(
      weights: [8, 4, 4, 4], bias: [0, 0, 0, 0],
      ["strides": .integers([2, 2]), "pads": .integers([1, 1, 1, 1])])
    let step = try #require(try graph.outline().steps.first)
    // 49 positions, 16 taps, 8 x 4 channels.
    #expect(step.multiplyAccumulates == 49 * 16 * 8 * 4)
    #expect(step.parameters == 8 * 4 * 16 + 4)
    let layer = try #require(try graph.outline().layers.first)
    #expect(layer.kind == .transposedConvolution && layer.output == Extent(square: 14))
    #expect(layer.padding == Layer.Padding(1) && layer.padding == layer.impliedPadding)
    #expect(try graph.network().layers == [layer])
  }

  @Test("weights that do not fit the input are refused at the node")
  func misfits() {
    for (weights, groups) in [([4, 2, 1, 1], 3), ([4, 2, 1, 1], 0), ([4, 2], 1)] as [([Int64], Int64)] {
      #expect(throws: ONNXError.self) { try read(weights: weights, groups: groups) }
    }
  }

  @Test(
    "numbers that no extent can have are refused at the node, before they are multiplied",
    arguments: [
      Int64.max, Int64.min, 1 << 62, 0, -1,
    ])
  func hugeWindows(_ number: Int64) {
    for (key, more) in [
      ("strides", ["auto_pad": .text("SAME_UPPER")]), ("dilations", ["auto_pad": .text("SAME_LOWER")]),
      ("output_shape", [:]), ("strides", [:]),
    ] as [(String, [String: ForeignModel.Attribute])] {
      #expect(throws: (any Error).self, "\(key) \(number)") {
        try read(weights: [2, 2, 3, 3], more.merging([key: .integers([number, number])]) { $1 }).shapes()
      }
    }
  }

  @Test("a normalization behind it becomes part of its weights: (x - 1) * 2 and (x - 2) * 4")
  func normalization() throws {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 2, 7, 7]
    model.initializers = [ForeignModel.Tensor("w", [2, 2, 1, 1], [1, 2, 3, 4])]
    for (name, values) in [("s", [2, 4]), ("b", [0, 0]), ("m", [1, 2]), ("v", [1, 1])] as [(String, [Float])]
    {
      model.initializers.append(ForeignModel.Tensor(name, [2], values))
    }
    model.nodes = [
      ForeignModel.Node("up", "ConvTranspose", ["x", "w"], ["u"]),
      ForeignModel.Node(
        "norm", "BatchNormalization", ["u", "s", "b", "m", "v"], ["y"], ["epsilon": .float(0)]),
    ]
    let graph = try ONNX.decode(model.data, file: "net.onnx")
    #expect(graph.nodes.map(\.name) == ["up"])
    #expect(graph.weights["up"] == LayerWeights(weight: [2, 6, 8, 16], bias: [-2, -8]))
  }

  @Test("is written and read back equal, in floats", arguments: [1, 2, 4])
  func roundTrip(groups: Int) throws {
    let graph = try read(
      weights: [4, 2, 3, 2], groups: Int64(groups), bias: [Float](repeating: 0.5, count: 2 * groups),
      ["strides": .integers([2, 1]), "output_padding": .integers([1, 0])])
    #expect(try ONNX.decode(ONNX.encode(graph), file: "memory") == graph)
  }

  @Test(
    "is written and read back equal, with a scale for each output", arguments: [1, 2],
    [QuantizerWriting.Form.qcdq, .qonnx])
  func quantized(groups: Int, form: QuantizerWriting.Form) throws {
    var graph = try read(weights: [4, 2, 1, 2], groups: Int64(groups))
    let outputs = 2 * groups
    let scales = (0..<outputs).map { Float(1 << $0) / 4 }
    // Quantized values -3 ... of four bits, times the scale of the row.
    let count = graph.weights["up"]!.weight.count
    let length = count / outputs
    graph.weights["up"] = LayerWeights(
      weight: (0..<count).map { Float($0 % 7 - 3) * scales[$0 / length] },
      bias: [Float](repeating: 1, count: outputs))
    let quantizers = QuantizerWriting(
      form,
      weightQuantizers: [
        "up": WeightQuantization(scales: scales, zeroPoint: 0, quantizedRange: -8...7, width: BitWidth(4)!)
      ])
    let read = try ONNX.decode(ONNX.encode(graph, quantizers: quantizers), file: "memory")
    #expect(read.weights == graph.weights)
    #expect(read.givenWidths == ["up": GivenWidths(weight: BitWidth(4)!)])
  }
}
