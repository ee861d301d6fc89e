import Core
import Networks
import Testing

@Suite("Class scores")
struct ClassScoresTests {
  private func node(_ name: String, _ operation: Networks.Operation, _ inputs: String...) -> Node {
    Node(name: name, operation: operation, inputs: inputs, output: name)
  }

  /// Ten maps of one number, and what follows them.
  private func scores(_ nodes: [Node]) throws -> ClassScores? {
    let stem = node("stem", .convolution(Convolution(outputChannels: 10, kernel: 4)), "input")
    return try Graph(
      name: "n", input: "input", inputShape: TensorShape(channels: 1, height: 4, width: 4),
      nodes: [stem] + nodes, output: nodes.last?.output ?? "stem"
    ).classScores()
  }

  @Test("a network that gives its scores has no final function; maps of one number are scores, too")
  func plain() throws {
    #expect(try scores([]) == ClassScores(value: "stem", count: 10))
    #expect(try scores([node("f", .flatten, "stem")]) == ClassScores(value: "f", count: 10))
    #expect(
      try scores([node("f", .flatten, "stem"), node("l", .logSoftmax(axis: 1), "f")])
        == ClassScores(value: "l", count: 10))
  }

  @Test("a softmax or sigmoid is found, also behind what leaves the numbers in their order")
  func endings() throws {
    let softmax = ClassScores(value: "stem", count: 10, finalActivation: .softmax)
    #expect(try scores([node("s", .softmax(axis: 1), "stem")]) == softmax)
    #expect(try scores([node("s", .softmax(axis: 1), "stem"), node("f", .flatten, "s")]) == softmax)
    let column = TensorShape([.batch, Dimension(1), Dimension(10)])
    let quantizer = FakeQuantization(scale: 1 / 255, zeroPoint: 0, quantizedRange: 0...255, width: .eight)
    let moved = [
      node("s", .softmax(axis: 1), "stem"), node("r", .reshape(to: column), "s"),
      node("q", .fakeQuantize(quantizer), "r"),
      node("g", .select(Selection(axis: 1, indices: [0], extents: [])), "q"),
    ]
    #expect(try scores(moved) == softmax)
    let sigmoid = [node("f", .flatten, "stem"), node("s", .activation(.sigmoid), "f")]
    #expect(try scores(sigmoid) == ClassScores(value: "f", count: 10, finalActivation: .sigmoid))
    let written = [
      node("f", .flatten, "stem"), node("e", .activation(.exponential), "f"),
      node("t", .reduce(Reduction(.sum, axes: [1], keepsAxes: true)), "e"),
      node("s", .arithmetic(.divide), "e", "t"),
    ]
    #expect(try scores(written) == ClassScores(value: "f", count: 10, finalActivation: .softmax))
  }

  @Test("a softmax over something else than the classes, or one that more follows, is part of the network")
  func inside() throws {
    #expect(
      try scores([node("s", .softmax(axis: 2), "stem")]) == ClassScores(value: "s", count: 10))
    let scaled = [node("s", .softmax(axis: 1), "stem"), node("r", .relu, "s")]
    #expect(try scores(scaled) == ClassScores(value: "r", count: 10))
  }

  @Test("a map of more than one number for each channel is not class scores")
  func detector() throws {
    let map = node("up", .pad(Padding(before: [0, 0, 1, 0], after: [0, 0, 0, 0], content: .edge)), "stem")
    #expect(try scores([map]) == nil)
  }
}
