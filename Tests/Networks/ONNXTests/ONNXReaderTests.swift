import Foundation
import Networks
import ONNX
import Testing

@Suite("Reading foreign ONNX files")
struct ONNXReaderTests {
  typealias Node = ForeignModel.Node
  typealias Tensor = ForeignModel.Tensor

  private func read(_ model: ForeignModel) throws -> Graph { try ONNX.decode(model.data, file: "net.onnx") }

  @Test("folds batch normalisation into the convolution before it")
  func batchNormalization() throws {
    var model = ForeignModel()
    // Two output channels of one 1x1 kernel each: 3 x + 1 and -2 x + 0.5.
    model.initializers = [
      Tensor("w", [2, 1, 1, 1], [3, -2]), Tensor("b", [2], [1, 0.5]), Tensor("scale", [2], [2, 10]),
      Tensor("shift", [2], [0.25, -1]), Tensor("mean", [2], [5, 1.5]),
      Tensor("variance", [2], [3.75, 24.75]),
    ]
    model.nodes = [
      Node("conv", "Conv", ["x", "w", "b"], ["c"]),
      Node(
        "norm", "BatchNormalization", ["c", "scale", "shift", "mean", "variance"], ["n"],
        ["epsilon": .float(0.25)]),
      Node("act", "Relu", ["n"], ["y"]),
    ]
    // sqrt(3.75 + 0.25) = 2, so the factor is 2 / 2 = 1: weight 3, bias (1 - 5) * 1 + 0.25 = -3.75.
    // sqrt(24.75 + 0.25) = 5, so the factor is 10 / 5 = 2: weight -4, bias (0.5 - 1.5) * 2 - 1 = -3.
    let graph = try read(model)
    #expect(graph.weights == ["conv": LayerWeights(weight: [3, -4], bias: [-3.75, -3])])
    #expect(graph.nodes.map(\.name) == ["conv", "act"])
    #expect(graph.nodes.map(\.output) == ["n", "y"])
  }

  @Test("batch normalisation of a convolution that others read too stays, as a scale and a shift")
  func sharedConvolution() throws {
    var model = ForeignModel()
    model.initializers =
      [Tensor("w", [1, 1, 1, 1], [3])] + ["s", "h", "m", "v"].map { Tensor($0, [1], [1]) }
    model.nodes = [
      Node("conv", "Conv", ["x", "w"], ["c"]),
      Node("norm", "BatchNormalization", ["c", "s", "h", "m", "v"], ["n"]),
      Node("sum", "Add", ["c", "n"], ["y"]),
    ]
    let graph = try read(model)
    #expect(graph.nodes.map(\.operation).suffix(2) == [.scaleAndShift, .add])
    // All parameters are 1: (x - 1) / sqrt(1 + 1e-5) + 1.
    let factor = 1 / (1 + 1e-5).squareRoot()
    #expect(graph.constants["n.scale"]?.values == [Float(factor)])
    #expect(graph.constants["n.shift"]?.values == [Float(1 - factor)])
  }

  @Test("a matrix that is not transposed is turned around; a bias is optional")
  func fullyConnected() throws {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 3, 1, 1]
    model.initializers = [Tensor("w", [3, 2], [1, 2, 3, 4, 5, 6])]
    model.nodes = [Node("flat", "Flatten", ["x"], ["f"]), Node("fc", "Gemm", ["f", "w"], ["y"])]
    // Columns (1, 3, 5) and (2, 4, 6) are the weights of the two outputs.
    #expect(try read(model).weights["fc"] == LayerWeights(weight: [1, 3, 5, 2, 4, 6], bias: [0, 0]))
  }

  @Test("a transposed matrix is taken as it is; contents may be listed instead of raw")
  func transposed() throws {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 3, 1, 1]
    var weight = Tensor("w", [2, 3], [])
    (weight.raw, weight.floats) = (nil, [1, 2, 3, 4, 5, 6])
    model.initializers = [weight, Tensor("b", [2], [7, 8])]
    model.nodes = [
      Node("flat", "Flatten", ["x"], ["f"]),
      Node("fc", "Gemm", ["f", "w", "b"], ["y"], ["transB": .integer(1), "alpha": .float(1)]),
    ]
    #expect(try read(model).weights["fc"] == LayerWeights(weight: [1, 2, 3, 4, 5, 6], bias: [7, 8]))
  }

  @Test("limits of Clip are attributes before opset 11 and inputs since; a missing one is the largest float")
  func clip() throws {
    var old = ForeignModel(opset: 10)
    old.nodes = [Node("clip", "Clip", ["x"], ["y"], ["min": .float(0), "max": .float(6)])]
    #expect(try read(old).nodes[0].operation == .clip(lowest: 0, highest: 6))

    var new = ForeignModel(opset: 11)
    new.initializers = [Tensor("six", [], [6])]
    new.nodes = [Node("clip", "Clip", ["x", "", "six"], ["y"])]
    #expect(
      try read(new).nodes[0].operation == .clip(lowest: -Float.greatestFiniteMagnitude, highest: 6))
  }

  @Test("Identity, Constant and a flattening Reshape leave no trace but a flatten")
  func simplified() throws {
    var model = ForeignModel()
    model.nodes = [
      Node("constant", "Constant", [], ["k"], ["value": .tensor(Tensor("", integers: [0, -1]))]),
      Node("same", "Identity", ["x"], ["i"]), Node("again", "Identity", ["k"], ["shape"]),
      Node("", "Relu", ["i"], ["r"]), Node("reshape", "Reshape", ["r", "shape"], ["f"]),
      Node("last", "Identity", ["f"], ["y"]),
    ]
    let graph = try read(model)
    #expect(graph.nodes.map(\.operation) == [.relu, .flatten])
    #expect(graph.nodes[0] == Networks.Node(name: "r", operation: .relu, inputs: ["x"], output: "r"))
    #expect(graph.output == "f")
    #expect(try graph.shapes()["f"] == .vector(16))
  }

  @Test(
    "a Reshape of Nx1x4x4, whose file fixes the batch 2",
    arguments: [
      ([0, -1], "Nx16"), ([-1, 16], "Nx16"), ([0, 16], "Nx16"), ([2, -1], "Nx16"), ([1, -1], "1x16N"),
      ([-1, 8], "2Nx8"), ([4, 8], "2Nx8"), ([0, 4, 4], "Nx4x4"), ([-1], "16N"), ([-1, -1], nil), ([], nil),
      ([3, -1], nil), ([0, 0, 0, 0, 0], nil), ([Int64.max, Int64.max], nil), ([-2, -8], nil),
    ] as [([Int64], String?)])
  func reshape(_ shape: [Int64], _ expected: String?) {
    var model = ForeignModel()
    model.inputs[0].dimensions[0] = 2
    model.initializers = [Tensor("shape", integers: shape)]
    model.nodes = [Node("reshape", "Reshape", ["x", "shape"], ["y"])]
    let shapes = try? read(model).shapes()
    #expect(shapes?["y"]?.description == expected)
  }

  @Test(
    "the batch that a file fixes is the graph's, and an open one is none", arguments: [nil, 1, 7] as [Int64?])
  func fixedBatch(_ batch: Int64?) throws {
    var model = ForeignModel()
    model.inputs[0].dimensions[0] = batch
    model.nodes = [Node("act", "Relu", ["x"], ["y"])]
    #expect(try read(model).batch == batch.map(Int.init))
  }

  @Test(
    "a graph that an exporter named takes the name of its file",
    arguments: [
      ("torch_jit", "net"), ("torch-jit-export", "net"), ("main_graph", "net"), ("tf2onnx", "net"),
      ("", "net"), ("resnet", "resnet"),
    ])
  func names(_ written: String, _ expected: String) throws {
    var model = ForeignModel()
    model.name = written
    model.nodes = [Node("act", "Relu", ["x"], ["y"])]
    #expect(try ONNX.decode(model.data, file: "some.folder/net.onnx").name == expected)
  }

  @Test("a backward Slice picks the elements, and refuses to leave nothing")
  func backwardSlice() throws {
    var model = ForeignModel()
    model.nodes = [Node("cut", "Slice", ["x", "starts", "ends", "axes", "steps"], ["y"])]
    func initializers(from start: Int64, to end: Int64) -> [Tensor] {
      [("starts", start), ("ends", end), ("axes", 3), ("steps", Int64(-2))].map {
        Tensor($0.0, integers: [$0.1])
      }
    }
    // From the last of 4 by 2 down to the first position: 3 and 1.
    model.initializers = initializers(from: -1, to: -5)
    let graph = try read(model)
    #expect(graph.nodes.map(\.operation) == [.select(Selection(axis: 3, indices: [3, 1], extents: [2]))])
    model.initializers = initializers(from: 1, to: 2)
    #expect(throws: ONNXError.self) { try read(model) }
  }

  @Test("what is supported on constants alone names the value that is none, and what is unsupported says why")
  func refusals() throws {
    var model = ForeignModel()
    model.initializers = [Tensor("scales", [4], [1, 1, 2, 2])]
    func message(_ nodes: Node...) -> String {
      model.nodes = nodes
      return #expect(throws: ONNXError.self) { try read(model) }?.description ?? ""
    }
    let act = Node("act", "Relu", ["x"], ["r"])
    #expect(
      message(act, Node("where", "Equal", ["scales", "r"], ["y"])).contains(
        "reads \"r\", which the network computes; Equal is supported on constants and shapes alone"))
    #expect(
      message(
        Node(
          "up", "Resize", ["x", "", "scales"], ["y"], ["mode": .text("linear"), "antialias": .integer(1)])
      ).contains("runtimes compute it differently"))
  }

  @Test("attention without a cache of keys is read; what it cannot do is said")
  func attention() throws {
    var model = ForeignModel()
    model.opset = 23
    // Two heads of three rows of four numbers.
    model.inputs[0].dimensions = [nil, 2, 3, 4]
    model.initializers = [Tensor("past", [1], [0]), Tensor("seen", [3, 3], [0])]
    func attention(_ more: [String] = [], _ attributes: [String: ForeignModel.Attribute] = [:]) {
      model.nodes = [Node("attend", "Attention", ["x", "x", "x"] + more, ["y"], attributes)]
    }
    func message() -> String { #expect(throws: ONNXError.self) { try read(model) }?.description ?? "" }

    attention([], ["is_causal": .integer(1)])
    let graph = try read(model)
    #expect(try graph.shapes()["y"]?.description == "Nx2x3x4")
    // A row sees itself and what is before it.
    let none = -Float.infinity
    #expect(graph.constants["y.mask"]?.values == [0, none, none, 0, 0, none, 0, 0, 0])

    attention(["", "past"])
    #expect(message().contains("has past_key, a cache of keys and values, which is not supported"))
    attention([], ["left_window_size": .integer(2)])
    #expect(message().contains("has left_window_size 2; supported is -1"))
    // The first row would see the last key alone, which is after it.
    var seen = Tensor("seen", [3, 3], [])
    (seen.type, seen.raw) = (9, [0, 0, 1, 1, 1, 1, 1, 1, 1])
    model.initializers[1] = seen
    attention(["seen"])
    #expect(try read(model).constants["y.mask"]?.values.prefix(3) == [none, none, 0])
    attention(["seen"], ["is_causal": .integer(1)])
    #expect(message().contains("hides all keys from query 0"))
    // Numbers are added: minus infinity hides a key, and a code of another type is no mask.
    model.initializers[1] = Tensor("seen", [1, 3], [none, 0, 1])
    attention(["seen"])
    #expect(try read(model).constants["y.mask"]?.values == [none, 0, 1, none, 0, 1, none, 0, 1])
    attention(["seen"], ["is_causal": .integer(1)])
    #expect(message().contains("hides all keys from query 0"))
    model.initializers[1] = Tensor("seen", integers: [0, 1, 5])
    attention(["seen"])
    #expect(message().contains("has a mask of 64-bit integers"))
    // One number for all keys, and masks for more heads than there are, or for more axes.
    for extents: [Int64] in [[3, 1], [4, 3, 3], [1, 1, 1, 3, 3]] {
      let count = Int(extents.reduce(1, *))
      model.initializers[1] = Tensor("seen", extents, [Float](repeating: 0, count: count))
      attention(["seen"])
      #expect(message().contains("has a mask of"))
    }
    // A head of keys for a billion heads of queries.
    model.inputs[0].dimensions = [nil, 1 << 30, 1, 1]
    model.initializers[1] = Tensor("first", integers: [0])
    model.nodes = [
      Node("pick", "Gather", ["x", "first"], ["k"], ["axis": .integer(1)]),
      Node("attend", "Attention", ["x", "k", "k"], ["y"]),
    ]
    #expect(message().contains("a multiple of up to 1048576 is expected"))
    // Many masks of one number each, which together with the scores would be more than can be counted.
    (seen.dimensions, seen.raw) = ([1 << 20, 1, 1], [UInt8](repeating: 1, count: 1 << 20))
    model.initializers[1] = seen
    model.inputs[0].dimensions = [nil, 1, 1 << 20, 1]
    attention(["seen"])
    #expect(message().contains("has a mask of [1048576, 1, 1]"))
  }

  @Test("one side of a diagonal, which may lie anywhere")
  func triangles() throws {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 2, 3]
    func triangle(_ diagonal: Int64, isUpper: Bool) throws -> [Float]? {
      model.initializers = [Tensor("m", [2, 3], [1, 2, 3, 4, 5, 6]), Tensor("k", integers: [diagonal])]
      model.nodes = [
        Node("cut", "Trilu", ["m", "k"], ["t"], ["upper": .integer(isUpper ? 1 : 0)]),
        Node("sum", "Add", ["x", "t"], ["y"]),
      ]
      return try read(model).constants["t"]?.values
    }
    #expect(try triangle(0, isUpper: true) == [1, 2, 3, 0, 5, 6])
    #expect(try triangle(0, isUpper: false) == [1, 0, 0, 4, 5, 0])
    #expect(try triangle(1, isUpper: false) == [1, 2, 0, 4, 5, 6])
    #expect(try triangle(.max, isUpper: true) == [0, 0, 0, 0, 0, 0])
    #expect(try triangle(.min, isUpper: true) == [1, 2, 3, 4, 5, 6])
  }

  @Test("initializers may be listed as inputs, as old files do")
  func oldInputs() throws {
    var model = ForeignModel()
    model.initializers = [Tensor("w", [1, 1, 3, 3], [Float](repeating: 1, count: 9))]
    model.inputs.append(ForeignModel.Value(name: "w", dimensions: [1, 1, 3, 3]))
    model.nodes = [
      Node(
        "conv", "Conv", ["x", "w"], ["y"],
        ["kernel_shape": .integers([3, 3]), "pads": .integers([1, 1, 1, 1]), "strides": .integers([2, 2])])
    ]
    let graph = try read(model)
    #expect(
      graph.nodes[0].operation
        == .convolution(Convolution(outputChannels: 1, kernel: 3, stride: 2, padding: 1)))
    #expect(try graph.shapes()["y"] == TensorShape(channels: 1, height: 2, width: 2))
  }
}
