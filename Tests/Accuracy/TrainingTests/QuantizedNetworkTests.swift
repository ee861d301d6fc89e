import Core
import Datasets
import Evaluation
import Networks
import Quantization
import Tensors
import Testing
import Training

private struct Unexpected: Error {
  var operation: Networks.Operation
}

@Suite struct QuantizedNetworkTests {
  private let images = LabelledImages.brightness(count: 60)

  private func quantized(_ graph: Graph, granularity: WeightGranularity = .perChannel) throws
    -> (float: FloatNetwork, scheme: QuantizationScheme, quantized: QuantizedNetwork)
  {
    let float = try FloatNetwork(graph)
    let calibration = try ActivationCalibration(of: float, on: images)
    let scheme = QuantizationScheme(network: float, calibration: calibration, granularity: granularity)
    return (float, scheme, try QuantizedNetwork(float, scheme: scheme))
  }

  private func uniform(_ precision: String, layers: Int = 5) throws -> Policy {
    .uniform(try #require(Precision(precision)), layerCount: layers)
  }

  private func round(_ value: Float, _ scale: Float, _ range: ClosedRange<Float>) -> Float {
    min(max((value / scale).rounded(.toNearestOrEven), range.lowerBound), range.upperBound) * scale
  }

  /// The loss in the definition's own order: clamps where the graph has them, each layer on rounded
  /// weights and rounded inputs.
  private func plainLoss(_ graph: Graph, quantizers: [String: LayerQuantizers]) throws -> Double {
    var rounded = graph
    for (name, quantizer) in quantizers {
      let weights = try #require(graph.weights[name])
      let (scales, range) = try #require(quantizer.weight.integers)
      let length = weights.weight.count / scales.count
      rounded.weights[name]?.weight = weights.weight.enumerated().map { index, weight in
        let scale = scales[index / length]
        let quantized = (weight / scale).rounded(.toNearestOrEven)
        return min(max(quantized, range.lowerBound), range.upperBound) * scale
      }
    }
    let parameters = try LayerParameters(of: rounded)
    let batch = try images.batch(at: 0..<images.count)
    var values = ["input": try Tensor(batch.pixels, shape: batch.shape)]
    for node in graph.nodes {
      let inputs = node.inputs.map { values[$0]! }
      func quantizedInput() throws -> Tensor {
        let old = try inputs[0].values()
        let (scales, range) = try #require(quantizers[node.name]?.activation.integers)
        let shape = try graph.shapes()[node.inputs[0]]!
        return try Tensor(old.map { round($0, scales[0], range) }, shape: shape.extents(batch: images.count))
      }
      values[node.output] =
        switch node.operation {
        case .convolution(let convolution):
          try quantizedInput().convolved(
            with: parameters[node.name].weight, bias: parameters[node.name].bias,
            stride: convolution.window.stride[0], padding: convolution.window.padding.before[0],
            groups: convolution.groups)
        case .fullyConnected:
          try quantizedInput().multiplied(by: parameters[node.name].weight, bias: parameters[node.name].bias)
        case .relu: try inputs[0].clamped(from: 0, to: .infinity)
        case .clip(let lowest, let highest): try inputs[0].clamped(from: lowest, to: highest)
        case .add: try inputs[0].adding(inputs[1])
        case .globalAveragePool: try inputs[0].meanPooled()
        case .flatten: try inputs[0].flattened()
        default: throw Unexpected(operation: node.operation)
        }
    }
    return try values[graph.output]!.crossEntropy(with: Tensor(labels: batch.labels)).scalar()
  }

  @Test("16 bits are as good as floats", arguments: WeightGranularity.allCases)
  func wide(_ granularity: WeightGranularity) throws {
    let networks = try quantized(.residual.withWeights(), granularity: granularity)
    let float = try networks.float.measure(images)
    let wide = try networks.quantized.measure(uniform("W16A16"), on: images)
    #expect(wide.samples == 60)
    #expect(abs(wide.loss - float.loss) < 1e-2 * float.loss)
    #expect(abs(wide.accuracy - float.accuracy) < 0.04)
  }

  @Test(
    "leaving out clamps that a quantizer repeats changes nothing",
    arguments: ["W8A8", "W4A3", "W2A2", "W16A16"])
  func absorbedClamps(_ precision: String) throws {
    let graph = try Graph.residual.withWeights()
    let networks = try quantized(graph)
    let policy = try uniform(precision)
    let found = try networks.quantized.measure(policy, on: images).loss
    let expected = try plainLoss(graph, quantizers: networks.scheme.quantizers(for: policy))
    // A value near a tie may take its other neighbour when sums are done in another order.
    #expect(abs(found - expected) < 1e-3 * expected)
  }

  @Test("a clamp that more than layers read, or that a signed layer reads, is kept")
  func keptClamps() throws {
    // relu6 feeds a convolution and a sum; the input of `two` can be negative.
    var builder = GraphBuilder(name: "kept", inputShape: TensorShape(channels: 1, height: 6, width: 6))
    builder.convolution("one", outputs: 2, kernel: 3)
    builder.relu()
    let clamped = builder.value
    builder.convolution("two", outputs: 2)
    builder.add("sum", clamped)
    builder.convolution("three", outputs: 2, kernel: 3)
    builder.classifier(classes: 3)
    let graph = try builder.build().withWeights(seed: 7)
    let networks = try quantized(graph)
    let policy = try uniform("W6A5", layers: 4)
    let expected = try plainLoss(graph, quantizers: networks.scheme.quantizers(for: policy))
    #expect(abs(try networks.quantized.measure(policy, on: images).loss - expected) < 1e-3 * expected)
  }

  @Test("a policy of another length is an error")
  func layerCount() throws {
    let networks = try quantized(.residual.withWeights())
    #expect(throws: QuantizationError.wrongLayerCount(found: 4, expected: 5)) {
      try networks.quantized.measure(uniform("W8A8", layers: 4), on: images)
    }
  }

  @Test(
    "weights of one bit, inputs of one signed bit and widths beyond 16 are errors that say what is possible")
  func illegalWidths() throws {
    let networks = try quantized(.residual.withWeights())
    func message(layer: Int, _ precision: String) throws -> String {
      var policy = try uniform("W8A8")
      policy[layer] = try #require(Precision(precision))
      let error = #expect(throws: QuantizationError.self) {
        try networks.quantized.measure(policy, on: images)
      }
      return error?.description ?? ""
    }
    #expect(
      try message(layer: 0, "W1A8")
        == "layer stem: 1-bit weights are not possible; its signed weights take 2 to 16 bits")
    #expect(
      try message(layer: 4, "W8A17")
        == "layer classifier: 17-bit activations are not possible; its unsigned activations take 1 to 16 bits"
    )
    // `head` reads a sum that a projection without a clamp goes into.
    #expect(
      try message(layer: 3, "W8A1")
        == "layer head: 1-bit activations are not possible; its signed activations take 2 to 16 bits")
    #expect(throws: Never.self) {
      var policy = try uniform("W8A8")
      policy[4] = Precision(weight: .eight, activation: try #require(BitWidth(1)))
      _ = try networks.quantized.measure(policy, on: images)
    }
  }

  @Test("calibration knows which layers read negative values")
  func signedness() throws {
    let float = try FloatNetwork(.residual.withWeights())
    let calibration = try ActivationCalibration(of: float, on: images)
    let expected: [(String, LinearQuantizer.Signedness)] = [
      ("stem", .unsigned), ("depthwise", .unsigned), ("project", .unsigned), ("head", .signed),
      ("classifier", .unsigned),
    ]
    for (layer, signedness) in expected { #expect(calibration.signedness(ofInputTo: layer) == signedness) }
    // Pixels are k / 255 with a largest of 245 / 255, so no clip can be above it.
    let quantizer = calibration.quantizer(forInputTo: "stem", width: .eight)
    #expect(quantizer.scale * 255 <= 245.01 / 255)
  }

  @Test("a layer that reads only zeros is quantized without NaN")
  func zeros() throws {
    var graph = try Graph.residual.withWeights()
    graph.weights["stem"] = LayerWeights(
      weight: Array(repeating: 0, count: 36), bias: Array(repeating: -1, count: 4))
    let result = try quantized(graph).quantized.measure(uniform("W4A4"), on: images)
    #expect(result.loss.isFinite)
  }

  @Test("weights that have all but died are quantized without NaN")
  func vanishing() throws {
    var graph = try Graph.residual.withWeights()
    graph.weights["stem"] = LayerWeights(
      weight: (0..<36).map { $0 % 3 == 0 ? 0 : 700_000 * .leastNonzeroMagnitude },
      bias: Array(repeating: 0, count: 4))
    let result = try quantized(graph).quantized.measure(uniform("W8A8"), on: images)
    #expect(result.loss.isFinite)
  }

  @Test("fine-tuning lowers the loss, twice alike, and leaves the network as it was")
  func fineTuning() throws {
    let networks = try quantized(.residual.withWeights())
    let policy = try uniform("W4A4")
    let float = try networks.float.measure(images)
    let before = try networks.quantized.measure(policy, on: images)
    let options = FineTuning(samples: 64 * 40, learningRate: 0.01, seed: 3)
    func tuned(_ options: FineTuning) throws -> EvaluationResult {
      try networks.quantized.measure(policy, fineTuned: options, with: images, on: images)
    }
    let after = try tuned(options)
    #expect(after.loss < 0.8 * before.loss)
    #expect(try tuned(options) == after)
    var other = options
    other.seed = 4
    #expect(try tuned(other) != after)
    #expect(try networks.quantized.measure(policy, on: images) == before)
    #expect(try networks.float.measure(images) == float)
  }

  @Test("fine-tuning works where a layer and a clamp read the same value")
  func fineTuningSharedValue() throws {
    var builder = GraphBuilder(name: "shared", inputShape: TensorShape(channels: 1, height: 6, width: 6))
    builder.convolution("one", outputs: 2, kernel: 3)
    let raw = builder.value
    builder.convolution("two", outputs: 2)
    let branch = builder.value
    builder.value = raw
    builder.relu()
    builder.add("sum", branch)
    builder.classifier(classes: 3)
    let networks = try quantized(builder.build().withWeights(seed: 2))
    let policy = try uniform("W8A8", layers: 3)
    let result = try networks.quantized.measure(
      policy, fineTuned: FineTuning(samples: 64, learningRate: 0.001, seed: 1), with: images, on: images)
    #expect(result.loss.isFinite)
  }

  @Test("starting where an earlier policy agrees gives the same bits as running everything")
  func prefixes() throws {
    let graph = try Graph.residual.withWeights()
    let (reusing, plain) = (try quantized(graph).quantized, try quantized(graph).quantized)
    func expectSame(_ policy: Policy, _ samples: Int) throws {
      let part = images[0..<samples]
      let found = try reusing.measure(policy, on: part, .init(samples: SampleSet("validation")))
      #expect(found == (try plain.measure(policy, on: part)))
    }
    // As sensitivity measurements do: one layer after another, narrower and narrower; residual values and clamps cross every cut.
    for layer in 0..<5 {
      for bits in [6, 4, 3, 2] {
        for keyPath in [\Precision.weight, \Precision.activation] {
          var policy = try uniform("W8A8")
          policy[layer][keyPath: keyPath] = try #require(BitWidth(bits))
          try expectSame(policy, 60)
          try expectSame(policy, 31)
        }
      }
    }
    #expect(reusing.reusedLayers > 40)
    #expect(plain.reusedLayers == 0)
    // Back to a policy that differs in the first layer, and forth again.
    for text in ["W3A3", "W8A8", "W3A3"] { try expectSame(uniform(text), 60) }
  }
}
