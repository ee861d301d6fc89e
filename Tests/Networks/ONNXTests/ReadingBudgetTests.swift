import Networks
import ONNX
import Testing

/// What a file may take while it is read: memory at one time, and work in all.
@Suite("Memory and work of reading a network") struct ReadingBudgetTests {
  typealias Node = ForeignModel.Node
  typealias Tensor = ForeignModel.Tensor

  private static let limit = 1 << 20

  private func read(_ nodes: [Node]) throws -> Int {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 1 << 16]
    model.initializers = [Tensor("shape", integers: [1 << 16])]
    // 2^16 floats take 256 KiB, a quarter of the limit.
    model.nodes = [Node("zeros", "ConstantOfShape", ["shape"], ["v0"])] + nodes
    return try ONNX.decode(model.data, file: "net.onnx", sizeLimit: Self.limit).nodes.count
  }

  /// Twenty times 256 KiB, one made of the other.
  private let chain = (0..<20).map { Node("exp\($0)", "Exp", ["v\($0)"], ["v\($0 + 1)"]) }

  @Test("what is let go leaves room for what follows")
  func lettingGo() throws {
    #expect(try read(chain + [Node("last", "Add", ["x", "v20"], ["y"])]) == 1)
  }

  @Test("what is read later still counts until then")
  func holding() {
    let sum = Node("sum", "Sum", (0...20).map { "v\($0)" }, ["s"])
    let error = #expect(throws: ONNXError.self) {
      try read(chain + [sum, Node("last", "Add", ["x", "s"], ["y"])])
    }
    #expect(
      error?.description
        == "net.onnx: has tensors, some used more than once, that together exceed the size limit of 1048576 bytes of memory"
    )
  }

  /// The limit allows for four numbers for each of its bytes, 2^22: those of `v0` sixty-four times.
  @Test("numbers that are read again and again are counted each time", arguments: ["Exp", "ReduceSum"])
  func work(_ kind: String) throws {
    func nodes(_ count: Int) -> [Node] {
      (0..<count).map { Node("n\($0)", kind, ["v0"], ["w\($0)"]) } + [
        Node("last", "Add", ["x", "w0"], ["y"])
      ]
    }
    let few = kind == "Exp" ? 2 : 20
    #expect(try read(nodes(few)) == 1)
    let error = #expect(throws: ONNXError.self) { try read(nodes(80)) }
    #expect(error != nil)
    if kind == "ReduceSum" {
      #expect(
        error?.description
          == "net.onnx: has constants that take too long to compute: of more than 4194304 numbers; up to 4194304 are read and made"
      )
    }
  }

  @Test("products of constants that would take long are left to the running network")
  func products() throws {
    var model = ForeignModel()
    model.inputs[0].dimensions = [nil, 128, 128]
    model.initializers = [Tensor("shape", integers: [128, 128])]
    model.nodes = [Node("zeros", "ConstantOfShape", ["shape"], ["v0"])]
    // A product takes 2^21 steps, half of what the limit allows for.
    model.nodes += (0..<3).map { Node("product\($0)", "MatMul", ["v\($0)", "v0"], ["v\($0 + 1)"]) }
    model.nodes.append(Node("last", "Add", ["x", "v3"], ["y"]))
    let graph = try ONNX.decode(model.data, file: "net.onnx", sizeLimit: Self.limit)
    #expect(graph.nodes.map(\.name) == ["product1", "product2", "last"])
  }
}
