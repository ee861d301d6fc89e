import Core
import Networks
import Testing

@Suite("Removing a file's quantizers")
struct RemovedQuantizersTests {
  private func node(_ name: String, _ operation: Networks.Operation, _ inputs: String...) -> Node {
    Node(name: name, operation: operation, inputs: inputs, output: name)
  }

  private func remaining(_ nodes: [Node]) -> Graph {
    Graph(
      name: "n", input: "input", inputShape: .vector(2), nodes: nodes, output: nodes[nodes.count - 1].output
    ).withoutQuantizers()
  }

  /// 8 bits unsigned.
  private func quantizer(scale: Float, zeroPoint: Float) -> Networks.Operation {
    .fakeQuantize(
      FakeQuantization(scale: scale, zeroPoint: zeroPoint, quantizedRange: 0...255, width: .eight))
  }

  @Test(
    "one that stands for a relu leaves the cut at 0 and at its top; quantized values - zero point, times the scale"
  )
  func relu() {
    // (0 - 0) * 0.5 = 0 and (255 - 0) * 0.5 = 127.5.
    let graph = remaining([
      node("layer", .fullyConnected(outputs: 2), "input"),
      node("q", quantizer(scale: 0.5, zeroPoint: 0), "layer"),
    ])
    #expect(graph.nodes.map(\.operation) == [.fullyConnected(outputs: 2), .clip(lowest: 0, highest: 127.5)])
    #expect(graph.nodes.map(\.name) == ["layer", "q"] && graph.output == "q")
    // (0 - 55) * 0.5 = -27.5 and (255 - 55) * 0.5 = 100.
    let shifted = remaining([node("q", quantizer(scale: 0.5, zeroPoint: 55), "input")])
    #expect(shifted.nodes.map(\.operation) == [.clip(lowest: -27.5, highest: 100)])
  }

  @Test("one that only rounds, since what comes before it has cut already, goes altogether")
  func rounding() {
    // Up to 255 * 0.0235 = 5.9925, within half a step of 6.
    let graph = remaining([
      node("relu6", .clip(lowest: 0, highest: 6), "input"), node("flat", .flatten, "relu6"),
      node("q", quantizer(scale: 0.0235, zeroPoint: 0), "flat"),
    ])
    #expect(graph.nodes.map(\.name) == ["relu6", "flat"] && graph.output == "flat")
    // The same values in front of half the range are cut.
    let cut = remaining([
      node("relu6", .clip(lowest: 0, highest: 6), "input"),
      node("q", quantizer(scale: 0.01, zeroPoint: 0), "relu6"),
      node("again", quantizer(scale: 0.01, zeroPoint: 0), "q"),
    ])
    #expect(cut.nodes.map(\.operation) == [.clip(lowest: 0, highest: 6), .clip(lowest: 0, highest: 2.55)])
    #expect(cut.output == "q")
  }
}
