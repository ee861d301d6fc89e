import Core
import Datasets
import Networks
import Tensors
import Testing
import Training

@Suite("absorption of biases")
struct BiasAbsorptionTests {
  private let images = LabelledImages.brightness(count: 12)

  /// Two layers with a ReLU between them, which read pictures of one pixel.
  private func pair(second kernel: Int = 1) throws -> Graph {
    var builder = GraphBuilder(name: "pair", inputShape: TensorShape(channels: 1, height: 6, width: 6))
    builder.convolution("one", outputs: 2)
    builder.relu()
    builder.convolution("two", outputs: 2, kernel: kernel)
    builder.classifier(classes: 3)
    return try builder.build().withWeights()
  }

  private func scores(_ graph: Graph) throws -> [Float] {
    let batch = try images.batch(at: 0..<images.count)
    return try FloatNetwork(graph).scores(of: Tensor(batch.pixels, shape: batch.shape)).values()
  }

  @Test("what a channel never falls below moves on, weighted by the next layer, by hand")
  func byHand() throws {
    var graph = try pair()
    // The first channel is the bias 5 for every pixel; the second falls below zero.
    graph.weights["one"] = LayerWeights(weight: [0, -1000], bias: [5, 1])
    graph.weights["two"] = LayerWeights(weight: [2, 1, -3, 4], bias: [0.5, 0])
    let absorbed = try graph.withBiasesAbsorbed(on: images)
    #expect(absorbed.weights["one"] == LayerWeights(weight: [0, -1000], bias: [0, 1]))
    // 0.5 + 2 * 5, and 0 - 3 * 5.
    #expect(absorbed.weights["two"] == LayerWeights(weight: [2, 1, -3, 4], bias: [10.5, -15]))
    #expect(distance(try scores(absorbed), try scores(graph)) < 1e-4)
  }

  @Test("the function stays with channels of every kind, one group of the second layer for each")
  func groups() throws {
    var graph = try pair()
    graph.nodes = graph.nodes.map { node in
      var node = node
      if node.name == "two" {
        node.operation = .convolution(Convolution(outputChannels: 2, kernel: 1, groups: 2))
      }
      return node
    }
    graph.weights["one"] = LayerWeights(weight: [0.5, -0.25], bias: [40, 30])
    graph.weights["two"] = LayerWeights(weight: [2, -3], bias: [1, 1])
    let absorbed = try graph.withBiasesAbsorbed(on: images)
    #expect(absorbed.weights["one"] != graph.weights["one"])
    let expected = try scores(graph)
    #expect(distance(try scores(absorbed), expected) <= 1e-5 * (expected.map(abs).max() ?? 0))
  }

  @Test("a second layer that pads with zeros takes nothing")
  func padding() throws {
    var graph = try pair(second: 3)
    graph.weights["one"] = LayerWeights(weight: [0, 0], bias: [5, 5])
    #expect(try graph.withBiasesAbsorbed(on: images) == graph)
  }
}
