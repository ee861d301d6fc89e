import Core
import Foundation
import Networks
import ONNX
import RandomNumbers
import Testing

@Suite("Hostile and damaged ONNX files")
struct ONNXHostileTests {
  typealias Node = ForeignModel.Node
  typealias Tensor = ForeignModel.Tensor
  typealias Problem = ONNXError.Problem

  /// A 3x3 convolution of a 4x4 map, then ReLU.
  private var sound: ForeignModel {
    var model = ForeignModel()
    model.initializers = [
      Tensor("w", [2, 1, 3, 3], [Float](repeating: 0.5, count: 18)), Tensor("b", [2], [1, 2]),
    ]
    model.nodes = [Node("conv", "Conv", ["x", "w", "b"], ["c"]), Node("relu", "Relu", ["c"], ["y"])]
    return model
  }

  private func problem(_ change: (inout ForeignModel) -> Void) -> Problem? {
    var model = sound
    change(&model)
    let error = #expect(throws: ONNXError.self) { try ONNX.decode(model.data, file: "net.onnx") }
    #expect(error?.description.hasPrefix("net.onnx: ") == true)
    return error?.problem
  }

  private func message(_ change: (inout ForeignModel) -> Void) -> String {
    problem(change)?.description ?? ""
  }

  @Test("the file that the other tests damage is sound")
  func soundFile() throws {
    let graph = try ONNX.decode(sound.data, file: "net.onnx")
    #expect(try graph.shapes()["y"] == TensorShape(channels: 2, height: 2, width: 2))
  }

  @Test("every truncation is an error")
  func truncation() {
    let bytes = sound.data
    for length in 0..<bytes.count {
      #expect(throws: ONNXError.self) { try ONNX.decode(bytes.prefix(length), file: "net.onnx") }
    }
  }

  @Test("other files are no networks", arguments: ["", "\u{7F}ELF", "{\"layers\": []}", "hello, world"])
  func otherFiles(_ text: String) {
    #expect(throws: ONNXError.self) { try ONNX.decode(Data(text.utf8), file: "net.onnx") }
  }

  @Test("dimensions: negative, too large for a product, or not those of the contents")
  func dimensions() {
    let large = Int64.max
    #expect(
      problem { $0.initializers[0].dimensions = [-2, -1, 3, 3] }
        == .tensor("w", message: "has the negative dimension -2"))
    #expect(
      problem { $0.initializers[0].dimensions = [large, 2, 3, 3] }
        == .tensor("w", message: "has dimensions [\(large), 2, 3, 3] whose product is too large"))
    #expect(
      problem { $0.initializers[0].dimensions = [1000, 1, 3, 3] }
        == .tensor("w", message: "has 72 bytes; its dimensions [1000, 1, 3, 3] need 9000 elements of 32 bits")
    )
    #expect(
      problem { $0.initializers[0] = Tensor("w", [0, 1, 3, 3], []) }
        == .graph(
          .illegalAttribute(node: "conv", attribute: "output channels", found: "0", expected: "1 to 1048576"))
    )
    #expect(message { $0.initializers[0].dimensions = [18] }.contains("1 dimension; 3 and 4 are supported"))
    #expect(message { $0.initializers[0].dimensions = [1, 2, 3, 3] }.contains("2 channels per group"))
    #expect(message { $0.initializers[0].dimensions = [2, 3, 3, 1] }.contains("3 channels per group"))
  }

  @Test("tensors: missing, twice, of another type, elsewhere, or not finite")
  func tensors() {
    #expect(message { $0.initializers.removeFirst() }.contains("weights from \"w\", which is no initializer"))
    #expect(message { $0.initializers[1].name = "w" } == "tensor \"w\" is there twice")
    #expect(message { $0.initializers[0].type = 11 }.contains("has 72 bytes; its dimensions"))
    #expect(message { $0.initializers[0].type = 8 }.contains("holds strings; supported are 32-bit floats, "))
    #expect(message { $0.initializers[0].floats = [1] }.contains("its dimensions"))
    #expect(
      problem { $0.initializers[1] = Tensor("b", [2], [.nan, 0]) }
        == .graph(.notFinite(node: "conv", what: "biases")))
    #expect(message { $0.initializers[1] = Tensor("b", [3], [1, 2, 3]) }.contains("[2] is supported"))
  }

  @Test("nodes: cyclic, out of order, of one name, writing twice, without output")
  func nodes() {
    #expect(problem { $0.nodes.reverse() } == .graph(.unknownInput(node: "relu", value: "c")))
    #expect(problem { $0.nodes[0].inputs[0] = "y" } == .graph(.unknownInput(node: "conv", value: "y")))
    #expect(problem { $0.nodes[1].name = "conv" } == .graph(.repeatedNode("conv")))
    #expect(problem { $0.nodes[1].outputs = ["x"] } == .graph(.repeatedValue(node: "relu", value: "x")))
    #expect(problem { $0.nodes[1].outputs = ["w"] } == .graph(.repeatedValue(node: "relu", value: "w")))
    #expect(message { $0.nodes[1].outputs = [] }.contains("has no output"))
    #expect(problem { $0.outputs = ["z"] } == .graph(.unknownOutput("z")))
    #expect(
      message { $0.nodes[1].inputs = ["z"] }.contains("reads value \"z\", which no earlier node writes"))
    #expect(message { $0.nodes[1].inputs = [] }.contains("has 0 inputs; it takes 1"))
  }

  @Test("inputs and outputs: two, none, of other rank, of open extent, of other type")
  func interface() {
    let second = ForeignModel.Value(name: "z", dimensions: [nil, 1, 4, 4])
    #expect(message { $0.inputs.append(second) }.contains("2 inputs (x, z); networks of one input"))
    #expect(message { $0.inputs = [] }.contains("has no inputs"))
    #expect(message { $0.outputs = [] }.contains("has no outputs"))
    #expect(message { $0.outputs.append("w") }.contains("does not depend on the input"))
    #expect(message { $0.inputs[0].dimensions = [nil, 16] }.contains("a map with height and width"))
    #expect(message { $0.inputs[0].dimensions = [nil] }.contains("has 1 dimension; "))
    #expect(message { $0.inputs[0].dimensions = [nil, 1, nil, 4] }.contains("as --input-size 224"))
    #expect(
      message { $0.inputs[0].elementType = 7 }.contains(
        "input \"x\" holds 64-bit integers, as tokens or bytes are; networks that take floats are read"))
    for extent in [-4, 0, Int64.max, Int64.min] {
      let shape = TensorShape(channels: 1, height: Int(extent), width: 4)
      #expect(
        problem { $0.inputs[0].dimensions = [nil, 1, extent, 4] } == .graph(.illegalInputShape(shape)))
    }
  }

  @Test("unknown operators and opsets are named, with what is supported")
  func unsupported() {
    #expect(
      message { $0.nodes[1].kind = "GRU" }.hasPrefix(
        "node \"relu\" is GRU of opset 13, which is not supported. Recurrent layers are not read yet"))
    #expect(
      message { $0.nodes[1].kind = "Bernoulli" }.hasSuffix(
        "haq network show --verbose lists the operators that are"))
    #expect(message { $0.nodes[1].domain = "com.example" }.contains("com.example.Relu of opset 13"))
    #expect(problem { $0.opset = nil } == .unsupportedOpset(nil))
    #expect(problem { $0.opset = 6 } == .unsupportedOpset(6))
    #expect(problem { $0.opset = Int64.max } == .unsupportedOpset(Int64.max))
  }

  @Test(
    "attributes that are not supported are named",
    arguments: [
      ("auto_pad", .text("SAME"), "has auto_pad SAME"),
      ("dilations", .integers([2, 2]), "at least its kernel, 3x3"),
      ("dilations", .integers([Int64.max, 1]), "has dilation \(Int64.max)"),
      ("group", .integer(0), "has groups 0"),
      ("group", .integer(Int64.max), "has groups \(Int64.max)"),
      ("group", .integer(2), "a divisor of its 1 input channels"),
      ("kernel_shape", .integers([5, 5]), "does not agree with kernel_shape"),
      ("pads", .integers([0, 0, 1]), "has pads [0, 0, 1]; expected are 4 numbers"),
      ("pads", .integers([-1, -1, -1, -1]), "has padding -1"),
      ("pads", .integers([Int64.max, Int64.max, Int64.max, Int64.max]), "has padding \(Int64.max)"),
      ("strides", .integers([0, 0]), "has stride 0"),
      ("strides", .integers([]), "has strides []"),
      ("strides", .integer(1), "of type int; ints is expected"),
      ("colour", .integer(1), "has the attribute \"colour\""),
    ] as [(String, ForeignModel.Attribute, String)])
  func attributes(_ key: String, _ value: ForeignModel.Attribute, _ expected: String) {
    let message = message { $0.nodes[0].attributes[key] = value }
    #expect(message.contains(expected), "\(message)")
    #expect(message.contains("\"conv\""))
  }

  @Test("a tensor that many nodes share is kept once, and cannot be multiplied beyond the size limit")
  func sharedTensor() throws {
    var model = ForeignModel()
    // A 64x64 kernel shared by 100 nodes would be 1.6 MB from a 20 kB file.
    model.inputs[0].dimensions = [nil, 1, 8192, 8192]
    model.initializers = [Tensor("w", [1, 1, 64, 64], [Float](repeating: 1, count: 4096))]
    model.nodes = (0..<100).map { Node("n\($0)", "Conv", [$0 == 0 ? "x" : "v\($0)", "w"], ["v\($0 + 1)"]) }
    model.outputs = ["v100"]
    let graph = try ONNX.decode(model.data, file: "net.onnx", sizeLimit: 1_000_000)
    #expect(graph.sharedWeights == [(0..<100).map { "n\($0)" }])
    // Twice its numbers are numbers of their own for every node.
    model.initializers.append(Tensor("two", [], [2]))
    model.nodes = (0..<100).flatMap { position in
      [
        Node("m\(position)", "Mul", ["w", "two"], ["w\(position)"]),
        Node(
          "n\(position)", "Conv", [position == 0 ? "x" : "v\(position)", "w\(position)"], ["v\(position + 1)"]
        ),
      ]
    }
    let error = #expect(throws: ONNXError.self) {
      try ONNX.decode(model.data, file: "net.onnx", sizeLimit: 1_000_000)
    }
    #expect(error?.description.contains("used more than once, that together exceed the size limit") == true)
  }

  @Test(
    "a few bytes that claim gigabytes are refused in no memory",
    arguments: [
      [Int64.max], [1 << 20, 1 << 20], [Int64.max, Int64.max], [40_000, 40_000], [-1],
      [Int64](repeating: 2, count: 64),
    ] as [[Int64]])
  func claims(_ shape: [Int64]) {
    let claim: (inout ForeignModel) -> Void = { model in
      model.initializers.append(Tensor("claim", integers: shape))
      model.nodes.insert(Node("fill", "ConstantOfShape", ["claim"], ["huge"]), at: 0)
      model.nodes[2] = Node("sum", "Add", ["c", "huge"], ["y"])
    }
    #expect(problem(claim) != nil)
    #expect(
      problem { model in
        model.initializers.append(Tensor("claim", integers: shape))
        model.nodes.insert(Node("fill", "Expand", ["b", "claim"], ["huge"]), at: 0)
      } != nil)
  }

  @Test("more structure than any network has is refused before it is decoded")
  func structure() {
    // Field 7 is the graph, field 1 of it a node, field 1 of that an input, each here of `length` zeros.
    var size = 0
    func problem(inputs count: Int, length: Int) -> ONNXError.Problem? {
      let input = [0x0A, UInt8(length)] + [UInt8](repeating: 0, count: length)
      var graph = ProtobufMessage()
      graph.append(1, bytes: [UInt8]((0..<count).flatMap { _ in input }))
      var message = ProtobufMessage()
      message.append(7, message: graph)
      size = message.bytes.count
      let error = #expect(throws: ONNXError.self) {
        try ONNX.decode(Data(message.bytes), file: "net.onnx")
      }
      return error?.problem
    }
    #expect(problem(inputs: 90_000, length: 98) == .tooManyParts(bytes: size, limit: 8 << 20))
    // Decoded, each two bytes would be a string.
    #expect(problem(inputs: 2_000_001, length: 0) == .tooManyMessages(limit: 2_000_000))
    // What nobody reads does not count: field 6 of a node is documentation.
    var documented = ProtobufMessage()
    documented.append(6, bytes: [UInt8](repeating: 0x20, count: 9_000_000))
    var other = ProtobufMessage()
    other.append(1, message: documented)
    var model = ProtobufMessage()
    model.append(7, message: other)
    #expect(throws: ONNXError(file: "net.onnx", problem: .unsupportedOpset(nil))) {
      try ONNX.decode(Data(model.bytes), file: "net.onnx")
    }
  }

  @Test("2,000 random mutations and truncations are read or refused, never fatal")
  func mutations() throws {
    var generator = SeededGenerator(seed: 20_260_101)
    var normalised = sound
    normalised.initializers += ["s", "h", "m", "v"].map { Tensor($0, [2], [1, 2]) }
    normalised.nodes[1] = Node("norm", "BatchNormalization", ["c", "s", "h", "m", "v"], ["n"])
    normalised.nodes += [
      Node("constant", "Constant", [], ["k"], ["value": .tensor(Tensor("", integers: [0, -1]))]),
      Node("same", "Identity", ["n"], ["i"]), Node("reshape", "Reshape", ["i", "k"], ["y"]),
    ]
    let seeds = try [ONNX.encode(.everyOperation()), normalised.data]
    for seed in seeds { #expect(throws: Never.self) { try ONNX.decode(seed, file: "seed") } }

    var refused = 0
    for round in 0..<2_000 {
      var bytes = [UInt8](seeds[round % 2])
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
        case 3: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0..<32, using: &generator)))
        default: bytes[position] = [0x00, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
        }
      }
      do {
        // What is read must be sound enough to be written and counted.
        let graph = try ONNX.decode(Data(bytes), file: "mutated.onnx")
        _ = try graph.network(batch: 1).layers.map(\.multiplyAccumulates)
        _ = try ONNX.encode(graph)
      } catch let error as ONNXError {
        #expect(error.description.hasPrefix("mutated.onnx: "))
        refused += 1
      }
    }
    // Most bytes are structure or lengths; some are weights, whose change is no error.
    #expect(refused > 500 && refused < 2_000)
  }
}
