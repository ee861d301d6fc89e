import Foundation
import Networks
import ONNX
import Testing

/// Forms that exporters write and that have a result which a few lines of arithmetic show.
@Suite("Forms of exporters")
struct ExporterFormsTests {
  typealias Node = ForeignModel.Node
  typealias Tensor = ForeignModel.Tensor

  private func read(_ model: ForeignModel) throws -> Graph { try ONNX.decode(model.data, file: "net.onnx") }

  /// A product with weights of 4 outputs x 2 inputs that `nodes` compute as "w".
  private func weights(_ initializers: [Tensor], _ nodes: [Node]) throws -> [Float]? {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 2]
    model.initializers = initializers
    model.nodes = nodes + [Node("fc", "Gemm", ["x", "w"], ["y"], ["transB": .integer(1)])]
    return try read(model).weights["fc"]?.weight
  }

  @Test("weights that operators make of constants are constants: a weight norm of rows (3, 4) and (0, 2)")
  func weightNorm() throws {
    // Norms 5 and 2; gains 10 and 1: (6, 8) and (0, 1).
    let found = try weights(
      [Tensor("v", [2, 2], [3, 4, 0, 2]), Tensor("g", [2, 1], [10, 1])],
      [
        Node("norm", "ReduceL2", ["v"], ["n"], ["axes": .integers([1])]),
        Node("div", "Div", ["v", "n"], ["u"]), Node("mul", "Mul", ["u", "g"], ["w"]),
      ])
    #expect(found == [6, 8, 0, 1])
  }

  @Test("so are those of functions, movements and products")
  func computedWeights() throws {
    let relu = try weights([Tensor("v", [2, 2], [3, -4, -1, 2])], [Node("r", "Relu", ["v"], ["w"])])
    #expect(relu == [3, 0, 0, 2])
    // The rows are 1 and 2 times (3, 4), by a product of a column and a row.
    let product = try weights(
      [Tensor("c", [2, 1], [1, 2]), Tensor("r", [1, 2], [3, 4])], [Node("m", "MatMul", ["c", "r"], ["w"])])
    #expect(product == [3, 4, 6, 8])
    // One number mirrored at the edge to two.
    let padded = try weights(
      [Tensor("v", [2, 1], [3, 5]), Tensor("p", integers: [0, 0, 0, 1])],
      [Node("p", "Pad", ["v", "p"], ["w"], ["mode": .text("edge")])])
    #expect(padded == [3, 3, 5, 5])
  }

  @Test("the bias of a Gemm may be one number, and its rows may be columns")
  func gemm() throws {
    for extents: [Int64] in [[], [1], [1, 1]] {
      var model = ForeignModel()
      model.inputs[0].dimensions = [nil, 2]
      model.initializers = [Tensor("w", [2, 3], [1, 2, 3, 4, 5, 6]), Tensor("b", extents, [7])]
      model.nodes = [
        Node("turn", "Transpose", ["x"], ["t"], ["perm": .integers([1, 0])]),
        Node("fc", "Gemm", ["t", "w", "b"], ["y"], ["transA": .integer(1), "beta": .float(2)]),
      ]
      let graph = try read(model)
      #expect(graph.weights["fc"] == LayerWeights(weight: [1, 4, 2, 5, 3, 6], bias: [14, 14, 14]))
      #expect(try graph.shapes()["y"] == .vector(3))
    }
  }

  @Test("4-bit numbers that are listed lie two in a byte, the first in the low half")
  func fourBits() throws {
    var codes = Tensor("q", [2, 2], [])
    // 0x21 and 0xF7: 1, 2, 7 and -1.
    (codes.raw, codes.type, codes.integers) = (nil, 22, [0x21, 0xF7])
    var scale = Tensor("s", [1], [0.5])
    scale.dimensions = []
    let found = try weights([codes, scale], [Node("d", "DequantizeLinear", ["q", "s"], ["w"])])
    #expect(found == [0.5, 1, 3.5, -0.5])
    codes.integers = [0x21]
    #expect(throws: ONNXError.self) {
      try weights([codes, scale], [Node("d", "DequantizeLinear", ["q", "s"], ["w"])])
    }
  }

  @Test("negative pads cut off, and what is left may be padded on the other side")
  func negativePads() throws {
    var model = ForeignModel()
    model.initializers = [Tensor("p", integers: [0, 0, -1, 2, 0, 0, -2, 0])]
    model.nodes = [Node("pad", "Pad", ["x", "p"], ["y"])]
    let graph = try read(model)
    #expect(
      graph.nodes.map(\.operation) == [
        .slice(Slice(axis: 2, start: 1, end: 2)),
        .pad(Padding(before: [0, 0, 0, 2], after: [0, 0, 0, 0], content: .constant(0))),
      ])
    #expect(try graph.shapes()["y"] == TensorShape(channels: 1, height: 1, width: 6))
    model.initializers = [Tensor("p", integers: [0, 0, -3, 0, 0, 0, -1, 0])]
    #expect(throws: ONNXError.self) { try read(model) }
  }

  @Test(
    "sums up to each element: of 1, 2, 3 and 4, 5, 6 along both axes, without the element, and from behind")
  func runningSums() throws {
    func sums(_ axis: Int64, _ attributes: [String: ForeignModel.Attribute] = [:]) throws -> [Float]? {
      var model = ForeignModel()
      model.inputs[0].dimensions = [nil, 3]
      var number = Tensor("axis", integers: [axis])
      number.dimensions = []
      model.initializers = [Tensor("v", [2, 3], [1, 2, 3, 4, 5, 6]), number]
      model.nodes = [
        Node("sum", "CumSum", ["v", "axis"], ["w"], attributes),
        Node("fc", "Gemm", ["x", "w"], ["y"], ["transB": .integer(1)]),
      ]
      return try read(model).weights["fc"]?.weight
    }
    #expect(try sums(1) == [1, 3, 6, 4, 9, 15])
    #expect(try sums(-2) == [1, 2, 3, 5, 7, 9])
    #expect(try sums(1, ["exclusive": .integer(1)]) == [0, 1, 3, 0, 4, 9])
    #expect(try sums(1, ["reverse": .integer(1)]) == [6, 5, 3, 15, 11, 6])
    #expect(try sums(1, ["reverse": .integer(1), "exclusive": .integer(1)]) == [5, 3, 0, 11, 6, 0])
  }

  /// The shape of "y" of "x" (N x 3 x 2), picked at [sample, place], where the samples are counted by a Range over the batch.
  private func picked(_ places: [Int64], from first: Int64 = 0) throws -> Graph {
    func scalar(_ name: String, _ number: Int64) -> Tensor {
      var tensor = Tensor(name, integers: [number])
      tensor.dimensions = []
      return tensor
    }
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 3, 2]
    model.initializers = [
      scalar("zero", 0), scalar("one", 1), scalar("first", first), Tensor("front", integers: [0]),
      Tensor("behind", integers: [-1]),
      Tensor("places", integers: places),
    ]
    model.nodes = [
      Node("shape", "Shape", ["x"], ["s"], ["end": .integer(1)]), Node("count", "Squeeze", ["s"], ["n"]),
      Node("range", "Range", ["zero", "n", "one"], ["r"]),
      Node("move", "Add", ["r", "first"], ["m"]), Node("column", "Unsqueeze", ["m", "behind"], ["c"]),
      Node("repeat", "Expand", ["places", "s"], ["p"]), Node("other", "Unsqueeze", ["p", "behind"], ["q"]),
      Node("join", "Concat", ["c", "q"], ["i"], ["axis": .integer(-1)]),
      Node("pick", "GatherND", ["x", "i"], ["y"]),
    ]
    model.opset = 15
    return try read(model)
  }

  @Test("rows that are picked of each sample by its number and a place are a selection")
  func pickedOfSamples() throws {
    let graph = try picked([-1])
    #expect(try graph.shapes()["y"] == TensorShape([.batch, Dimension(2)]))
    #expect(
      graph.nodes.map(\.operation) == [
        .reshape(to: TensorShape([.batch, Dimension(3), Dimension(2)])),
        .select(Selection(axis: 1, indices: [2], extents: [])),
      ])
  }

  @Test("elements at the same places of every sample are a selection, here of rows (a, b, c) at 2, 0 and -1")
  func pickedElements() throws {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 2, 3]
    var places = Tensor("places", integers: [2, 0, -1, 1, 1, 1])
    places.dimensions = [1, 2, 3]
    model.initializers = [places, Tensor("rest", integers: [2, 3])]
    model.nodes = [
      Node("shape", "Shape", ["x"], ["s"], ["end": .integer(1)]),
      Node("all", "Concat", ["s", "rest"], ["t"], ["axis": .integer(0)]),
      Node("repeat", "Expand", ["places", "t"], ["i"]),
      Node("pick", "GatherElements", ["x", "i"], ["y"], ["axis": .integer(2)]),
    ]
    model.opset = 15
    let selection = Selection(axis: 1, indices: [2, 0, 2, 4, 4, 4], extents: [2, 3])
    #expect(try read(model).nodes.last?.operation == .select(selection))
    // Along the batch, samples would mix; the list of one sample alone says nothing of the others.
    model.nodes[3].attributes = ["axis": .integer(0)]
    #expect(throws: ONNXError.self) { try read(model) }
    model.nodes[3] = Node("pick", "GatherElements", ["x", "places"], ["y"], ["axis": .integer(2)])
    #expect(throws: ONNXError.self) { try read(model) }
  }

  @Test("those of another sample, or outside, are refused")
  func pickedElsewhere() {
    #expect(throws: ONNXError.self) { try picked([3]) }
    #expect(throws: ONNXError.self) { try picked([0], from: 1) }
  }

  @Test("slices of constants at listed positions, within the parts that both have")
  func pickedOfConstants() throws {
    func rows(_ indices: [Int64], _ extents: [Int64], batchAxes: Int64) throws -> [Float]? {
      var list = Tensor("i", integers: indices)
      list.dimensions = extents
      return try weights(
        [Tensor("v", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), list],
        [Node("pick", "GatherND", ["v", "i"], ["w"], ["batch_dims": .integer(batchAxes)])])
    }
    // v[1, 0] and v[0, -1]; v[0][1] and v[1][0], with the first axis in common.
    #expect(try rows([1, 0, 0, -1], [2, 2], batchAxes: 0) == [5, 6, 3, 4])
    #expect(try rows([1, 0], [2, 1], batchAxes: 1) == [3, 4, 5, 6])
    #expect(throws: ONNXError.self) { try rows([1, 2, 0, 0], [2, 2], batchAxes: 0) }
  }

  @Test("inputs of 16-bit floats are read as floats")
  func halves() throws {
    var model = ForeignModel()
    model.inputs[0].elementType = 10
    model.nodes = [Node("relu", "Relu", ["x"], ["y"])]
    #expect(try read(model).nodes.map(\.operation) == [.relu])
  }

  @Test("a comparison with the batch is not decided by the batches that it was tried with")
  func batchDependence() {
    var model = ForeignModel()
    model.initializers = [
      Tensor("zero", integers: [0]), Tensor("limit", integers: [100]), Tensor("one", integers: [1]),
    ]
    for (index, name) in ["zero", "limit", "one"].enumerated() where name != "limit" {
      model.initializers[index].dimensions = []
    }
    model.nodes = [
      Node("shape", "Shape", ["x"], ["s"]), Node("batch", "Gather", ["s", "zero"], ["n"]),
      Node("range", "Range", ["zero", "n", "one"], ["r"]), Node("less", "Less", ["r", "limit"], ["l"]),
      Node("cast", "Cast", ["l"], ["f"], ["to": .integer(1)]),
      Node("flat", "Flatten", ["x"], ["g"]), Node("mul", "Mul", ["g", "f"], ["y"]),
    ]
    #expect(throws: ONNXError.self) { try read(model) }
  }

  @Test(
    "a Range without numbers is refused where it stands, however far it counts away from its limit",
    arguments: [
      // The step's sign leads away from the limit, by up to 2 x 3e38 / 1e-38 steps.
      [3e38, -3e38, 1e-38], [1, 0, 1], [0, 1, 0], [0, .nan, 1], [0, 1e20, 1],
    ])
  func emptyRange(numbers: [Float]) throws {
    var model = ForeignModel()
    model.initializers = zip(["start", "limit", "step"], numbers).map { Tensor($0, [], [$1]) }
    model.nodes = [
      Node("range", "Range", ["start", "limit", "step"], ["r"]),
      Node("sum", "ReduceSum", ["r"], ["t"], ["keepdims": .integer(0)]),
      Node("add", "Add", ["x", "t"], ["y"]),
    ]
    let error = #expect(throws: ONNXError.self) { try read(model) }
    // ReduceSum has nothing to sum, where the Range itself may be.
    #expect("\(try #require(error))".contains(/range|sum/))
  }
}
