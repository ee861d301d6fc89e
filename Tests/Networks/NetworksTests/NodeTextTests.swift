import Core
import Networks
import Testing

@Suite("The text of a node")
struct NodeTextTests {
  // Studies store digests of it; with another text, a study of a network with quantizers would not resume.
  @Test("a quantizer's text is the one that digests of earlier studies are made of")
  func quantizer() {
    let node = Node(
      name: "q",
      operation: .fakeQuantize(
        FakeQuantization(scale: 0.5, zeroPoint: 1, quantizedRange: 0...7, width: BitWidth(3)!)),
      inputs: ["x"], output: "y")
    #expect(
      "\(node)" == """
        Node(name: "q", operation: Networks.Operation.fakeQuantize(Networks.FakeQuantization(scale: 0.5, \
        zeroPoint: 1.0, codes: ClosedRange(0.0...7.0), width: 3)), inputs: ["x"], output: "y")
        """)
  }
}
