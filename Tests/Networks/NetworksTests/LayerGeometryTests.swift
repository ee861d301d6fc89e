import Core
import Networks
import Testing

@Suite("What a graph's layers say of their windows")
struct LayerGeometryTests {
  private func layer(_ operation: Operation, on shape: TensorShape) throws -> Layer {
    let graph = Graph(
      name: "n", input: "input", inputShape: shape,
      nodes: [Node(name: "l", operation: operation, inputs: ["input"], output: "l")], output: "l")
    return try #require(try graph.network().layers.first)
  }

  @Test("a convolution has its dilation and the padding of each side")
  func convolution() throws {
    // Reaches of 5 and 3: 1 + 20 + 2 - 5 + 1 = 19 high, (0 + 20 + 1 - 3) / 2 + 1 = 10 wide.
    let window = Window(
      kernel: [3, 3], stride: [1, 2], padding: Window.Padding(before: [1, 0], after: [2, 1]),
      dilation: [2, 1])
    let layer = try layer(
      .convolution(Convolution(outputChannels: 4, window: window)),
      on: TensorShape(channels: 2, height: 20, width: 20))
    #expect(layer.dilation == Extent(height: 2, width: 1))
    #expect(layer.padding == Layer.Padding(top: 1, left: 0, bottom: 2, right: 1))
    #expect(layer.output == Extent(height: 19, width: 10))
  }

  @Test("one over a single axis pads nothing above and below")
  func oneAxis() throws {
    let window = Window(
      kernel: [3], stride: [1], padding: Window.Padding(before: [4], after: [0]), dilation: [2])
    let layer = try layer(
      .convolution(Convolution(outputChannels: 4, window: window)),
      on: TensorShape([.batch, Dimension(2), Dimension(20)]))
    #expect(layer.dilation == Extent(height: 1, width: 2))
    #expect(layer.padding == Layer.Padding(top: 0, left: 4, bottom: 0, right: 0))
    #expect(layer.unusualWindow == "a dilation of 1x2")
  }

  @Test("a product of rows with weights is fully connected, and counts its rows")
  func rows() throws {
    let layer = try layer(
      .fullyConnected(outputs: 12), on: TensorShape([.batch, Dimension(197), Dimension(4)]))
    #expect(layer.kind == .fullyConnected && layer.groups == 1)
    #expect(layer.input == Extent(height: 197, width: 1) && layer.output == layer.input)
    #expect(layer.weightShape == [12, 4])
    #expect(layer.multiplyAccumulates == 197 * 4 * 12)
    #expect(layer.inputCount == 197 * 4 && layer.outputCount == 197 * 12)
  }
}
