import Core
import Networks
import Testing

@Suite("Shapes")
struct ShapeTests {
  /// One node that reads the input.
  private func graph(
    _ operation: Operation, on shape: TensorShape = TensorShape(channels: 8, height: 10, width: 12),
    inputs: [String] = ["input"]
  ) -> Graph {
    Graph(
      name: "test", input: "input", inputShape: shape,
      nodes: [Node(name: "node", operation: operation, inputs: inputs, output: "out")], output: "out")
  }

  @Test("a strided, padded convolution keeps the positions that fit")
  func convolution() throws {
    // (10 + 2 - 3) / 2 + 1 = 5 and (12 + 2 - 3) / 2 + 1 = 6.
    let graph = graph(.convolution(Convolution(outputChannels: 4, kernel: 3, stride: 2, padding: 1)))
    #expect(try graph.shapes()["out"] == TensorShape(channels: 4, height: 5, width: 6))
  }

  @Test("a product with weights is fully connected, over as many rows as a sample has")
  func rows() throws {
    let tokens = TensorShape([.batch, Dimension(6), Dimension(5), Dimension(4)])
    let layers = try graph(.fullyConnected(outputs: 7), on: tokens).network().layers
    let rows = Extent(height: 30, width: 1)
    #expect(
      layers == [
        Layer(
          name: "node", kind: .fullyConnected, inputChannels: 4, outputChannels: 7, input: rows, output: rows)
      ])
    // 30 rows x 4 x 7.
    #expect(layers[0].multiplyAccumulates == 840)
    let vector = try graph(.fullyConnected(outputs: 7), on: .vector(4)).network().layers
    #expect(vector == [Layer(name: "node", kind: .fullyConnected, inputChannels: 4, outputChannels: 7)])
  }

  @Test("max pooling keeps channels; global pooling keeps nothing else; flattening counts")
  func pooling() throws {
    let pooled = try graph(.maxPool(kernel: 2, stride: 2, padding: 0)).shapes()
    #expect(pooled["out"] == TensorShape(channels: 8, height: 5, width: 6))
    #expect(try graph(.globalAveragePool).shapes()["out"] == TensorShape(channels: 8, height: 1, width: 1))
    #expect(try graph(.flatten).shapes()["out"] == .vector(8 * 10 * 12))
  }

  @Test("a convolution is depthwise only when each channel has its own group")
  func depthwise() throws {
    let kinds = try [(8, 8), (16, 8), (8, 4), (8, 1)].map { outputs, groups in
      let convolution = Convolution(outputChannels: outputs, kernel: 1, groups: groups)
      return try graph(.convolution(convolution)).network(batch: 1).layers[0].kind
    }
    #expect(kinds == [.depthwise, .convolution, .convolution, .convolution])
  }

  @Test("tells what does not fit")
  func errors() {
    func problem(_ graph: Graph) -> GraphError? {
      #expect(throws: GraphError.self) { try graph.shapes() }
    }
    let wide = Convolution(outputChannels: 4, kernel: 11)
    #expect(
      problem(graph(.convolution(wide)))
        == .illegalInput(
          node: "node", found: "Nx8x10x12", expected: "at least its kernel, 11x11, after padding by 0 and 0")
    )
    #expect(
      problem(graph(.convolution(Convolution(outputChannels: 4, kernel: 1, groups: 3))))
        == .illegalAttribute(
          node: "node", attribute: "groups", found: "3", expected: "a divisor of its 8 input channels"))
    #expect(
      problem(graph(.fullyConnected(outputs: 10), on: TensorShape([.batch])))
        == .illegalInput(
          node: "node", found: "N", expected: "rows of one length, such as Nx512; flatten a map first"))
    #expect(
      problem(graph(.add)) == .wrongInputCount(node: "node", found: 1, expected: 2...2))
    #expect(
      problem(graph(.relu, inputs: ["out"])) == .unknownInput(node: "node", value: "out"))
    #expect(
      problem(graph(.convolution(Convolution(outputChannels: 4, kernel: 1, stride: 0))))
        == .illegalAttribute(node: "node", attribute: "stride", found: "0", expected: "1 to 1048576"))
    let empty = TensorShape(channels: 0, height: 1, width: 1)
    #expect(problem(graph(.relu, on: empty)) == .illegalInputShape(empty))
  }

  @Test("never overflows, whatever the numbers")
  func overflow() {
    let numbers = [Int.min, -1, 0, 1, 2, 1 << 20, (1 << 20) + 1, Int.max]
    let large = TensorShape(channels: 1 << 10, height: 1 << 10, width: 1 << 20)
    for kernel in numbers {
      for other in numbers {
        let operations: [Operation] = [
          .convolution(Convolution(outputChannels: other, kernel: kernel, padding: 1)),
          .convolution(Convolution(outputChannels: 1024, kernel: kernel, stride: other)),
          .convolution(Convolution(outputChannels: 1024, kernel: kernel, padding: other)),
          .convolution(Convolution(outputChannels: 1024, kernel: kernel, groups: other)),
          .maxPool(kernel: kernel, stride: other, padding: 0),
          .maxPool(kernel: kernel, stride: 1, padding: other), .fullyConnected(outputs: kernel),
        ]
        for operation in operations {
          // Whether this throws depends on the numbers; that it returns is what counts.
          let layers = try? graph(operation, on: large).network(batch: 1).layers
          #expect((layers ?? []).allSatisfy { $0.multiplyAccumulates > 0 })
        }
        let shape = TensorShape(channels: kernel, height: other, width: 1 << 20)
        _ = try? graph(.flatten, on: shape).shapes()
      }
    }
  }

  @Test("refuses two nodes or two values of one name, and an output that nothing writes")
  func names() {
    let first = Node(name: "a", operation: .relu, inputs: ["input"], output: "x")
    func graph(_ second: Node, output: String = "y") -> Graph {
      Graph(
        name: "test", input: "input", inputShape: .vector(1), nodes: [first, second],
        output: output)
    }
    let sameName = graph(Node(name: "a", operation: .relu, inputs: ["x"], output: "y"))
    #expect(throws: GraphError.repeatedNode("a")) { try sameName.shapes() }
    let sameValue = graph(Node(name: "b", operation: .relu, inputs: ["x"], output: "x"))
    #expect(throws: GraphError.repeatedValue(node: "b", value: "x")) { try sameValue.shapes() }
    let noOutput = graph(Node(name: "b", operation: .relu, inputs: ["x"], output: "y"), output: "z")
    #expect(throws: GraphError.unknownOutput("z")) { try noOutput.shapes() }
  }

  @Test("weights must be there, finite and of the layer's shape")
  func weights() {
    var graph = graph(.convolution(Convolution(outputChannels: 2, kernel: 1, groups: 2)))
    #expect(throws: GraphError.missingWeights(node: "node")) { try graph.validateWeights() }
    // 2 outputs x (8 / 2) inputs x 1 x 1.
    graph.weights["node"] = LayerWeights(weight: [Float](repeating: 1, count: 8), bias: [0, 0])
    #expect(throws: Never.self) { try graph.validateWeights() }
    graph.weights["node"]?.bias = [0]
    #expect(throws: GraphError.wrongWeights(node: "node", what: "biases", found: 1, expected: 2)) {
      try graph.validateWeights()
    }
    graph.weights["node"]?.bias = [0, .nan]
    #expect(throws: GraphError.notFinite(node: "node", what: "biases")) { try graph.validateWeights() }
    graph.weights["node"]?.bias = [0, 0]
    graph.weights["other"] = LayerWeights(weight: [], bias: [])
    #expect(throws: GraphError.strayWeights(node: "other")) { try graph.validateWeights() }
  }
}
