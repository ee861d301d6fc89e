import Core
import Datasets
import Networks
import Tensors
import Testing
import Training

@Suite("cross-layer equalization")
struct EqualizationTests {
  /// Convolutions of three kinds with ReLUs between them, a sum that keeps one value from being scaled, and a classifier.
  private func network() throws -> Graph {
    var builder = GraphBuilder(name: "relus", inputShape: TensorShape(channels: 1, height: 6, width: 6))
    builder.convolution("stem", outputs: 4, kernel: 3)
    builder.relu()
    builder.depthwise("depthwise", stride: 1)
    builder.relu()
    builder.convolution("project", outputs: 4)
    let before = builder.value
    builder.relu()
    builder.convolution("head", outputs: 4)
    builder.add("sum", before)
    builder.relu6()
    builder.convolution("last", outputs: 5, kernel: 3)
    builder.classifier(classes: 3)
    var graph = try builder.build().withWeights(seed: 4)
    // Channels of very different ranges, as trained networks with batch normalization have.
    for (index, factor) in [Float(40), 0.05, 1, 7].enumerated() {
      for place in 0..<9 { graph.weights["stem"]?.weight[index * 9 + place] *= factor }
    }
    return graph
  }

  @Test("the float function stays, to one part in 100,000")
  func function() throws {
    let graph = try network()
    let equalized = try graph.equalized()
    #expect(equalized.weights["stem"] != graph.weights["stem"])
    let images = LabelledImages.brightness(count: 12)
    let batch = try images.batch(at: 0..<images.count)
    func scores(_ graph: Graph) throws -> [Float] {
      try FloatNetwork(graph).scores(of: Tensor(batch.pixels, shape: batch.shape)).values()
    }
    let (found, expected) = (try scores(equalized), try scores(graph))
    let largest = expected.map(abs).max() ?? 0
    #expect(distance(found, expected) <= 1e-5 * largest)
  }

  @Test("both layers of a pair get the same range in each channel: the root of the product, by hand")
  func ranges() throws {
    var builder = GraphBuilder(name: "pair", inputShape: TensorShape(channels: 1, height: 2, width: 2))
    builder.convolution("one", outputs: 2)
    builder.relu()
    builder.convolution("two", outputs: 2)
    builder.classifier(classes: 2)
    var graph = try builder.build().withWeights()
    graph.weights["one"] = LayerWeights(weight: [8, -0.5], bias: [4, 1])
    // Rows are outputs; the first column, on the first channel, has the range 2, the second 2 as well.
    graph.weights["two"] = LayerWeights(weight: [2, 1, -1, 2], bias: [0, 3])
    let equalized = try graph.equalized()
    // s = sqrt(8 / 2) = 2 and sqrt(0.5 / 2) = 0.5.
    #expect(distance(try #require(equalized.weights["one"]).weight, [4, -1]) < 1e-5)
    #expect(distance(try #require(equalized.weights["one"]).bias, [2, 2]) < 1e-5)
    #expect(distance(try #require(equalized.weights["two"]).weight, [4, 0.5, -2, 1]) < 1e-5)
    #expect(equalized.weights["two"]?.bias == [0, 3])
  }

  @Test("values that others read, or behind a ReLU6, are left alone")
  func others() throws {
    let graph = try network()
    let equalized = try graph.equalized()
    // `project` goes into a ReLU and a sum; `last` reads a ReLU6.
    #expect(equalized.weights["head"] == graph.weights["head"])
    #expect(equalized.weights["last"] == graph.weights["last"])
    let residual = try Graph.residual.withWeights()
    #expect(try residual.equalized().weights == residual.weights)
  }
}
