import Core
import Datasets
import Evaluation
import Networks
import Quantization
import Tensors
import Testing
import Training

@Suite("migration behind layer normalizations")
struct MigrationTests {
  /// Two pixels, the first the brighter one, which a normalization turns into 1 and -1.
  private let pixels = LabelledImages(
    channels: 1, height: 1, width: 2, classCount: 2, pixels: [200, 10, 90, 30], labels: [0, 1])

  /// Pixels, their normalization, and layers that read it.
  private func graph(
    pixels: Int, scale: [Float], shift: [Float], readers: [String: LayerWeights]
  ) -> Graph {
    var nodes = [
      Node(name: "flatten", operation: .flatten, inputs: ["input"], output: "flat"),
      Node(
        name: "norm", operation: .layerNormalization(axis: 1, epsilon: 1e-9),
        inputs: ["flat", "scale", "shift"], output: "normalized"),
    ]
    for name in readers.keys.sorted() {
      let outputs = readers[name]?.bias.count ?? 0
      nodes.append(
        Node(
          name: name, operation: .fullyConnected(outputs: outputs), inputs: ["normalized"], output: name))
    }
    nodes.append(Node(name: "sum", operation: .add, inputs: readers.keys.sorted(), output: "scores"))
    var graph = Graph(
      name: "norm", input: "input", inputShape: TensorShape(channels: 1, height: 1, width: pixels),
      nodes: nodes, output: "scores", weights: readers)
    graph.constants = [
      "scale": Constant(extents: [pixels], values: scale),
      "shift": Constant(extents: [pixels], values: shift),
    ]
    return graph
  }

  private func scores(_ graph: Graph, _ images: LabelledImages) throws -> [Float] {
    let batch = try images.batch(at: 0..<images.count)
    return try FloatNetwork(graph).scores(of: Tensor(batch.pixels, shape: batch.shape)).values()
  }

  @Test("activations and weights get the same range in each channel: the root of the product, by hand")
  func ranges() throws {
    // Activations are 7 * 1 + 1 = 8 and 0.5 * -1 = -0.5.
    let network = graph(
      pixels: 2, scale: [7, 0.5], shift: [1, 0],
      readers: [
        "left": LayerWeights(weight: [2, 1, -1, 2], bias: [0, 3]),
        "right": LayerWeights(weight: [0.5, -0.5, 0, 1], bias: [1, 1]),
      ])
    let migrated = try network.migrated(on: pixels)
    // Both layers share the factors: the greatest weights on the two channels are 2 and 2, so that
    // s = sqrt(8 / 2) = 2 and sqrt(0.5 / 2) = 0.5.
    #expect(distance(try #require(migrated.constants["scale"]).values, [3.5, 1]) < 1e-5)
    #expect(distance(try #require(migrated.constants["shift"]).values, [0.5, 0]) < 1e-5)
    #expect(distance(try #require(migrated.weights["left"]).weight, [4, 0.5, -2, 1]) < 1e-5)
    #expect(distance(try #require(migrated.weights["right"]).weight, [1, -0.25, 0, 0.5]) < 1e-5)
    #expect(migrated.weights["left"]?.bias == [0, 3])
    #expect(distance(try scores(migrated, pixels), try scores(network, pixels)) < 1e-4)
  }

  @Test("a network with outliers keeps its function, and loses less of it in few bits")
  func outliers() throws {
    let images = LabelledImages.brightness(count: 60)
    var scale = numbers(36, seed: 5).map { 1 + 0.2 * $0 }
    for channel in [3, 17] { scale[channel] *= 60 }
    var network = graph(
      pixels: 36, scale: scale, shift: numbers(36, seed: 6),
      readers: [
        "left": LayerWeights(weight: numbers(3 * 36, seed: 7), bias: numbers(3, seed: 8)),
        "right": LayerWeights(weight: numbers(3 * 36, seed: 9), bias: numbers(3, seed: 10)),
      ])
    network.inputShape = TensorShape(channels: 1, height: 6, width: 6)
    let migrated = try network.migrated(on: images)
    let expected = try scores(network, images)
    #expect(distance(try scores(migrated, images), expected) <= 1e-4 * (expected.map(abs).max() ?? 0))
    func error(_ graph: Graph) throws -> Double {
      let float = try FloatNetwork(graph)
      let scheme = QuantizationScheme(
        network: float,
        calibration: try ActivationCalibration(
          of: float, on: images, by: ActivationRule(clipping: .maximum)), granularity: .perChannel,
        weightClipping: .maximum)
      let network = try QuantizedNetwork(float, scheme: scheme)
      let session = try network.beginTraining(
        .uniform(try #require(Precision("W6A6")), layerCount: 2), clips: .calibrated)
      let batch = try images.batch(at: 0..<images.count)
      let found = try session.scores(Tensor(batch.pixels, shape: batch.shape)).values()
      return zip(found, expected).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    }
    let (before, after) = (try error(network), try error(migrated))
    #expect(after < 0.5 * before, "\(before) \(after)")
  }

  @Test("what something else reads is left alone: the normalized values, or their scale")
  func others() throws {
    let readers = ["left": LayerWeights(weight: [2, 1, -1, 2], bias: [0, 3])]
    var output = graph(pixels: 2, scale: [7, 0.5], shift: [1, 0], readers: readers)
    output.nodes.removeLast()
    output.output = "left"
    let free = output
    output.otherOutputs = ["normalized"]
    #expect(try output.migrated(on: pixels) == output)
    var again = free
    again.nodes.append(Node(name: "more", operation: .add, inputs: ["left", "scale"], output: "more"))
    again.output = "more"
    #expect(try again.migrated(on: pixels) == again)
    #expect(try free.migrated(on: pixels) != free)
  }
}
