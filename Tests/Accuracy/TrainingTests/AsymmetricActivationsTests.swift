import Core
import Datasets
import Evaluation
import Foundation
import Networks
import Quantization
import Tensors
import Testing
import Training

/// Activations with a zero point: calibrated, measured, trained, handed out and run in integers.
@Suite struct AsymmetricActivationsTests {
  private let images = LabelledImages.brightness(count: 60)
  private let policy = Policy.uniform(Precision("W4A4")!, layerCount: 5)
  private let layers = ["stem", "depthwise", "project", "head", "classifier"]

  /// Only `head` reads negative values: a sum that a projection without a clamp goes into.
  private func quantized(_ range: ActivationRange) throws -> (
    calibration: ActivationCalibration, network: QuantizedNetwork
  ) {
    let float = try FloatNetwork(.residual.withWeights())
    let calibration = try ActivationCalibration(
      of: float, on: images, by: ActivationRule(clipping: .meanSquaredError, range: range))
    let scheme = QuantizationScheme(network: float, calibration: calibration, granularity: .perChannel)
    return (calibration, try QuantizedNetwork(float, scheme: scheme))
  }

  @Test("only layers that read both signs get a zero point; the others' quantizers are as without one")
  func calibration() throws {
    let (symmetric, asymmetric) = (
      try quantized(.symmetric).calibration, try quantized(.asymmetric).calibration
    )
    for width in [2, 4, 8].compactMap({ BitWidth($0) }) {
      for layer in layers where layer != "head" {
        #expect(
          asymmetric.quantizer(forInputTo: layer, width: width)
            == symmetric.quantizer(forInputTo: layer, width: width))
      }
      let head = asymmetric.quantizer(forInputTo: "head", width: width).quantizedRange
      #expect(head.upperBound - head.lowerBound == Float((1 << width.bits) - 1))
      #expect(head.lowerBound < 0 && head.upperBound > 0)
    }
    let values = try ActivationCalibration(
      ofValues: ["sum"], of: .residual.withWeights(), on: images,
      by: ActivationRule(clipping: .meanSquaredError, range: .asymmetric)
    ).quantizer(ofValue: "sum", width: .eight)
    let head = asymmetric.quantizer(forInputTo: "head", width: .eight)
    #expect(values.quantizedRange == head.quantizedRange && abs(values.scale / head.scale - 1) < 1e-5)
  }

  @Test("the quantizers that are handed out, as nodes of the network, measure what the evaluator measures")
  func handedOut() throws {
    let network = try quantized(.asymmetric).network
    let rounded = try network.rounded(policy)
    var graph = Graph.residual
    graph.weights = rounded.weights
    var zeroPoints: [String: Int] = [:]
    graph.nodes = try graph.nodes.flatMap { node -> [Node] in
      guard let quantizers = rounded.quantizers[node.name] else { return [node] }
      let encoding = quantizers.encoding(of: node.name, at: policy[0], groupScales: [])
      #expect(encoding.weight.integers?.zeroPoint == 0 && encoding.weight.integers?.lowest == -7)
      let activation = try #require(encoding.activation.integers)
      #expect(activation.lowest == 0 && activation.highest == 15)
      zeroPoints[node.name] = activation.zeroPoint
      let quantizer = FakeQuantization(
        scale: activation.scales[0], zeroPoint: Float(activation.zeroPoint), quantizedRange: 0...15,
        width: BitWidth(4)!)
      let name = "\(node.name).input"
      var layer = node
      layer.inputs = [name]
      return [
        Node(name: name, operation: .fakeQuantize(quantizer), inputs: node.inputs, output: name), layer,
      ]
    }
    #expect(zeroPoints.filter { $0.value == 0 }.keys.sorted() == layers.filter { $0 != "head" }.sorted())
    let (found, expected) = (
      try FloatNetwork(graph).measure(images), try network.measure(policy, on: images)
    )
    // A value near a tie may take its other neighbour when sums are done in another order.
    #expect(abs(found.loss - expected.loss) < 1e-3 * expected.loss)
    #expect(try quantized(.symmetric).network.measure(policy, on: images) != expected)
  }

  @Test("fine-tuning lowers the loss; a learned clip, which both signs would share, is refused")
  func fineTuning() throws {
    let network = try quantized(.asymmetric).network
    let before = try network.measure(policy, on: images)
    var options = FineTuning(samples: 64 * 40, learningRate: 0.01, seed: 3)
    let after = try network.measure(policy, fineTuned: options, with: images, on: images)
    #expect(after.loss < 0.8 * before.loss)
    options.activationClips = .learned
    #expect(throws: QuantizationError.zeroPoint(layer: "head")) {
      try network.measure(policy, fineTuned: options, with: images, on: images)
    }
  }

  @Test("a checkpoint belongs to the range that it was trained with")
  func checkpoint() throws {
    let data = DataSplits(name: "d", training: images, validation: images, test: images)
    let path = FileManager.default.temporaryDirectory.appending(path: "range-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let job = FineTuningJob(epochs: 1, batchSize: 16, learningRate: 0.02, seed: 5, checkpoint: path)
    let (symmetric, asymmetric) = (try quantized(.symmetric).network, try quantized(.asymmetric).network)
    _ = try FullFineTuning(job, data: data).run(asymmetric, policy: policy) { _ in }
    let range = try asymmetric.rounded(policy, checkpoint: path).quantizers["head"]?.activation
    #expect(try range == asymmetric.rounded(policy).quantizers["head"]?.activation)
    let error = #expect(throws: FineTuningCheckpoint.Mismatch.self) {
      try symmetric.rounded(policy, checkpoint: path)
    }
    #expect(error?.reason == "it was trained with --activation-range asymmetric")
    #expect(throws: FineTuningCheckpoint.Mismatch.self) {
      try FullFineTuning(job, data: data).run(symmetric, policy: policy) { _ in }
    }
  }

  @Test("in integers, padding is the zero point")
  func padding() throws {
    // -1 and 2 in steps of 0.5 are -2 and 4. The weights of the middle row are 1, 2 and 3 steps of 0.25: with zeros
    // around, -2 * 2 + 4 * 3 = 8 and -2 * 1 + 4 * 2 = 6 times 0.125; the bias is 2 times 0.125.
    let quantizer = FakeQuantization(scale: 0.5, zeroPoint: 3, quantizedRange: 0...255, width: .eight)
    let nodes = [
      Node(name: "q", operation: .fakeQuantize(quantizer), inputs: ["input"], output: "q"),
      Node(
        name: "layer", operation: .convolution(Convolution(outputChannels: 1, kernel: 3, padding: 1)),
        inputs: ["q"], output: "y"),
      Node(name: "flat", operation: .flatten, inputs: ["y"], output: "scores"),
    ]
    var graph = Graph(
      name: "net", input: "input", inputShape: TensorShape(channels: 1, height: 1, width: 2), nodes: nodes,
      output: "scores")
    graph.weights["layer"] = LayerWeights(
      weight: [1, 1, 1, 0.25, 0.5, 0.75, 1, 1, 1], bias: [0.25])
    let network = try DeployedNetwork(graph, weightScales: ["layer": [0.25]])
    let scores = try network.scores(of: Tensor([-1, 2], shape: [1, 1, 1, 2])).values()
    #expect(scores == [1.25, 1])
  }
}
