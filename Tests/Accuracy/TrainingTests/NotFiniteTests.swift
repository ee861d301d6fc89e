import Core
import Datasets
import Evaluation
import Networks
import Quantization
import Testing
import Training

/// Numbers that are no use name the layer and the image; the largest finite ones are measured.
@Suite struct NotFiniteTests {
  /// Two convolutions of 1x1 on 6x6 pictures, and a classifier.
  private func graph(firstWeight: Float) throws -> Graph {
    var builder = GraphBuilder(name: "n", inputShape: TensorShape(channels: 1, height: 6, width: 6))
    builder.convolution("first", outputs: 1)
    builder.convolution("second", outputs: 1)
    builder.classifier(classes: 3)
    var graph = try builder.build().withWeights()
    graph.weights["first"] = LayerWeights(weight: [firstWeight], bias: [0])
    return graph
  }

  private func images(_ special: [Int: Float]) -> LabelledImages {
    let pixels = (0..<24).flatMap { [Float](repeating: special[$0] ?? 0.5, count: 36) }
    return LabelledImages(
      channels: 1, height: 6, width: 6, classCount: 3, content: .floats(pixels),
      labels: (0..<24).map { Int32($0 % 3) })
  }

  private func scheme(_ graph: Graph, _ images: LabelledImages, _ rule: ClippingRule) throws
    -> QuantizedNetwork
  {
    let network = try FloatNetwork(graph)
    let calibration = try ActivationCalibration(of: network, on: images, by: ActivationRule(clipping: rule))
    return try QuantizedNetwork(
      network,
      scheme: QuantizationScheme(network: network, calibration: calibration, granularity: .perChannel))
  }

  @Test(
    "an image that is not a number is named, in calibration and in measurement, with the layer that reads it")
  func image() throws {
    let images = images([7: .nan])
    let graph = try graph(firstWeight: 1)
    let calibration = #expect(throws: NotFinite.self) {
      try scheme(graph, images, .kullbackLeibler)
    }
    #expect(calibration?.what == #"the input of layer "first""#)
    #expect(calibration?.image == "image 7 (counted from 0), of class 1")
    let measurement = #expect(throws: NotFinite.self) { try FloatNetwork(graph).measure(images) }
    #expect(measurement == calibration)
  }

  @Test("a layer that makes numbers infinite is found at the next one; 1e30 times 1e30 is beyond floats")
  func overflow() throws {
    let error = #expect(throws: NotFinite.self) {
      try scheme(graph(firstWeight: 1e30), images([11: 1e30]), .kullbackLeibler)
    }
    #expect(error?.what == #"the input of layer "second""#)
    #expect(error?.image == "image 11 (counted from 0), of class 2")
  }

  @Test(
    "the largest activations are calibrated by every rule, and measured",
    arguments: [ClippingRule.kullbackLeibler, .meanSquaredError, .percentile(99.9), .maximum])
  func large(_ rule: ClippingRule) throws {
    // Inputs of "second" are 0.5e37; the classifier sees about as much, and gives it to all classes.
    var graph = try graph(firstWeight: 1e37)
    graph.weights["second"] = LayerWeights(weight: [1], bias: [0])
    graph.weights["classifier"] = LayerWeights(weight: [1e-37, -1e-37, 0], bias: [0, 0, 0])
    let network = try scheme(graph, images([:]), rule)
    let policy = Policy.uniform(Precision("W8A8")!, layerCount: 3)
    // Scores of 0.5, -0.5 and 0: softmax gives e^0.5 : e^-0.5 : 1, so the first class is right in a third.
    #expect(try network.measure(policy, on: images([:])).get().accuracy == 1.0 / 3)
  }
}
