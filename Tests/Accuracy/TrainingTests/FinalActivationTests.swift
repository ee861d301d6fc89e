import Core
import Datasets
import Evaluation
import Foundation
import Networks
import Quantization
import Tensors
import Testing
import Training

/// A network that gives probabilities is measured and trained as the same network that gives its scores.
@Suite struct FinalActivationTests {
  private let images = LabelledImages.brightness(count: 24)

  private func ending(in nodes: [Node]) throws -> Graph {
    var graph = try Graph.residual.withWeights()
    graph.nodes += nodes
    graph.output = nodes.last?.output ?? graph.output
    return graph
  }

  private func node(_ name: String, _ operation: Networks.Operation, _ input: String) -> Node {
    Node(name: name, operation: operation, inputs: [input], output: name)
  }

  private var endings: [[Node]] {
    let cube = TensorShape([.batch, Dimension(3), Dimension(1), Dimension(1)])
    return [
      [node("softmax", .softmax(axis: 1), "classifier")],
      [node("cube", .reshape(to: cube), "classifier"), node("softmax", .softmax(axis: 1), "cube")],
      [node("sigmoid", .activation(.sigmoid), "classifier"), node("cube", .reshape(to: cube), "sigmoid")],
    ]
  }

  @Test("the loss of a softmax network is the mean of -log of the probabilities that it gives")
  func loss() throws {
    let network = try FloatNetwork(ending(in: endings[0]))
    let batch = try images.batch(at: 0..<images.count)
    let probabilities = try withoutGradients {
      try network.outputs(of: Tensor(batch.pixels, shape: batch.shape))[0].values()
    }
    let losses = batch.labels.indices.map { -log(Double(probabilities[$0 * 3 + Int(batch.labels[$0])])) }
    let expected = losses.reduce(0, +) / Double(losses.count)
    #expect(abs(try network.measure(images).get().loss - expected) < 1e-5)
  }

  @Test("floats, policies, divergences and fine-tuning equal those of the network without it")
  func equal() throws {
    func results(_ graph: Graph) throws -> [Double] {
      let float = try FloatNetwork(graph)
      let calibration = try ActivationCalibration(of: float, on: images)
      let quantized = try QuantizedNetwork(
        float,
        scheme: QuantizationScheme(network: float, calibration: calibration, granularity: .perChannel))
      let policy = Policy.uniform(Precision("W4A4")!, layerCount: float.network.layers.count)
      let reference = try float.referenceOutputs(on: images)
      let measured = try quantized.measure(
        policy, on: images, .init(against: reference, samples: SampleSet("test"))
      ).get()
      let tuned = try quantized.measure(
        policy, fineTuned: .init(samples: 64, learningRate: 0.01, seed: 1), with: images, on: images
      ).get()
      return try [
        float.measure(images).get().loss, measured.loss, measured.accuracy, #require(measured.divergence),
        tuned.loss,
      ]
    }
    let expected = try results(ending(in: []))
    for ending in endings { #expect(try results(self.ending(in: ending)) == expected) }
  }
}
