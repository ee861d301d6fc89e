import Core
import Datasets
import Evaluation
import Networks
import Quantization
import Tensors
import Testing
import Training

@Suite("post-training quantization")
struct PostTrainingTests {
  private let images = LabelledImages.brightness(count: 60)

  private func quantized(_ graph: Graph, _ recipe: PostTrainingRecipe) throws -> (
    float: FloatNetwork, quantized: QuantizedNetwork
  ) {
    let float = try FloatNetwork(graph)
    let scheme = QuantizationScheme(
      network: float, calibration: try ActivationCalibration(of: float, on: images), granularity: .perChannel)
    return (
      float,
      try QuantizedNetwork(
        float, scheme: scheme,
        correction: PostTrainingQuantization(
          float, on: images, recipe: recipe, granularity: .perChannel))
    )
  }

  private func uniform(_ precision: String, layers: Int = 5) throws -> Policy {
    .uniform(try #require(Precision(precision)), layerCount: layers)
  }

  /// What the first layer of `residual` gives for the images, image after image: 4 channels of 36 positions.
  private func stem(_ weights: LayerWeights, reading quantizer: TensorQuantizer?) throws -> [Float] {
    let batch = try images.batch(at: 0..<images.count)
    let pixels = try Tensor(batch.pixels, shape: batch.shape)
    return try (quantizer.map { try pixels.rounded(by: $0, blocks: .axis(1)) } ?? pixels).convolved(
      with: Tensor(weights.weight, shape: [4, 1, 3, 3]), bias: Tensor(weights.bias, shape: [4]), stride: 1,
      padding: 1, groups: 1
    ).values()
  }

  private func meanErrors(_ found: [Float], _ expected: [Float]) -> [Double] {
    var sums = [Double](repeating: 0, count: 4)
    for index in found.indices { sums[index / 36 % 4] += Double(found[index] - expected[index]) }
    return sums.map { $0 / Double(found.count / 4) }
  }

  private func squaredError(_ found: [Float], _ expected: [Float]) -> Double {
    zip(found, expected).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
  }

  @Test("no step changes nothing", arguments: ["W8A8", "W3A4"])
  func none(_ precision: String) throws {
    let graph = try Graph.residual.withWeights()
    let float = try FloatNetwork(graph)
    let scheme = QuantizationScheme(
      network: float, calibration: try ActivationCalibration(of: float, on: images), granularity: .perChannel)
    let plain = try QuantizedNetwork(float, scheme: scheme).measure(uniform(precision), on: images)
    #expect(try quantized(graph, .none).quantized.measure(uniform(precision), on: images) == plain)
  }

  @Test("bias correction makes the mean error of each output channel zero")
  func biasCorrection() throws {
    let graph = try Graph.residual.withWeights(seed: 3)
    let policy = try uniform("W3A8")
    let networks = try quantized(graph, PostTrainingRecipe([.biasCorrection]))
    let expected = try stem(try #require(graph.weights["stem"]), reading: nil)
    func errors(_ recipe: PostTrainingRecipe) throws -> [Double] {
      let rounded = try quantized(graph, recipe).quantized.rounded(policy)
      let layer = try #require(rounded.weights["stem"])
      return meanErrors(
        try stem(layer, reading: try #require(rounded.quantizers["stem"]).activation), expected)
    }
    #expect(try errors(.none).contains { abs($0) > 0.01 })
    #expect(try errors(PostTrainingRecipe([.biasCorrection])).allSatisfy { abs($0) < 1e-5 })
    #expect(try errors(.best).allSatisfy { abs($0) < 1e-5 })
    // Weights stay those of rounding to nearest.
    let plain = try quantized(graph, .none).quantized.rounded(policy)
    #expect(try networks.quantized.rounded(policy).weights["stem"]?.weight == plain.weights["stem"]?.weight)
  }

  @Test("learned rounding never makes a layer's outputs worse than rounding to nearest", arguments: 1...6)
  func learnedRounding(_ seed: UInt64) throws {
    let graph = try Graph.residual.withWeights(seed: seed)
    let expected = try stem(try #require(graph.weights["stem"]), reading: nil)
    for precision in ["W2A8", "W3A8", "W4A8"] {
      func error(_ steps: Set<PostTrainingRecipe.Step>) throws -> Double {
        let rounded = try quantized(graph, PostTrainingRecipe(steps)).quantized.rounded(uniform(precision))
        let layer = try #require(rounded.weights["stem"])
        return squaredError(
          try stem(layer, reading: try #require(rounded.quantizers["stem"]).activation), expected)
      }
      let (learned, nearest) = (try error([.learnedRounding, .biasCorrection]), try error([.biasCorrection]))
      // But for the share of the weights' own error that the damping adds, a thousandth.
      #expect(learned <= nearest * 1.002)
    }
  }

  @Test(
    "formats that are no integers: biases are corrected, weights rounded to nearest, and layers of floats left alone"
  )
  func formats() throws {
    let graph = try Graph.residual.withWeights(seed: 3)
    let bits = ["fp8-e4m3/fp8-e4m3", "W3A8", "W32A32", "W3A8", "W32A32"]
    let policy = Policy(try bits.map { try #require(Precision($0)) })
    let names = try graph.network().layers.map(\.name)
    let (plain, corrected) = try (
      quantized(graph, .none).quantized.rounded(policy), quantized(graph, .best).quantized.rounded(policy)
    )
    let (stem, nearest) = (try #require(corrected.weights["stem"]), try #require(plain.weights["stem"]))
    #expect(stem.weight == nearest.weight && stem.bias != nearest.bias)
    #expect(corrected.weights[names[1]]?.weight != plain.weights[names[1]]?.weight)
    for name in [names[2], names[4]] {
      #expect(corrected.weights[name] == graph.weights[name])
      #expect(corrected.quantizers[name] == plain.quantizers[name])
    }
    let expected = try self.stem(try #require(graph.weights["stem"]), reading: nil)
    let found = try self.stem(stem, reading: try #require(corrected.quantizers["stem"]).activation)
    #expect(meanErrors(found, expected).allSatisfy { abs($0) < 1e-5 })
  }

  @Test("with one scale for a tensor, learned rounding keeps it")
  func oneScale() throws {
    let graph = try Graph.residual.withWeights(seed: 3)
    let float = try FloatNetwork(graph)
    let scheme = QuantizationScheme(
      network: float, calibration: try ActivationCalibration(of: float, on: images), granularity: .perTensor)
    let policy = try uniform("W3A8")
    let learned = try QuantizedNetwork(
      float, scheme: scheme,
      correction: PostTrainingQuantization(float, on: images, recipe: .best, granularity: .perTensor)
    ).rounded(policy)
    let nearest = try QuantizedNetwork(float, scheme: scheme).rounded(policy)
    for (layer, quantizers) in learned.quantizers {
      #expect(quantizers.weight == nearest.quantizers[layer]?.weight)
      let scales = try #require(quantizers.weight.integers).scales
      #expect(Set(scales).count == 1)
      #expect(
        try #require(learned.weights[layer]).weight.allSatisfy {
          abs(($0 / scales[0]).rounded() - $0 / scales[0]) < 1e-4
        })
    }
  }

  @Test("at 3-bit weights, each recipe is nearer to the float network than the one before")
  func order() throws {
    var divergences: [Double] = []
    for recipe in [PostTrainingRecipe.none, .fast, .best] {
      var sum = 0.0
      for seed in 1...8 as ClosedRange<UInt64> {
        let networks = try quantized(.residual.withWeights(seed: seed), recipe)
        let reference = try networks.float.referenceOutputs(on: images)
        let result = try networks.quantized.measure(uniform("W3A8"), on: images, .init(against: reference))
        sum += try #require(result.get().divergence)
      }
      divergences.append(sum)
    }
    #expect(divergences[1] < divergences[0] && divergences[2] < divergences[1])
  }

  @Test("measurements, exports and fine-tuning begin with the same numbers")
  func oneNetwork() throws {
    let networks = try quantized(.residual.withWeights(seed: 5), .best)
    let policy = try uniform("W4A16")
    let rounded = try networks.quantized.rounded(policy)
    var graph = networks.float.graph
    for (name, weights) in rounded.weights { graph.weights[name] = weights }
    let measured = try networks.quantized.measure(policy, on: images).get()
    let exported = try FloatNetwork(graph).measure(images).get()
    // 16-bit activations differ little from floats.
    #expect(abs(measured.loss - exported.loss) < 2e-3 * exported.loss)
    let session = try networks.quantized.beginTraining(policy, clips: .calibrated)
    let batch = try images.batch(at: 0..<images.count)
    let scores = try session.scores(Tensor(batch.pixels, shape: batch.shape))
    let loss = try scores.crossEntropy(with: Tensor(labels: batch.labels)).scalar()
    #expect(abs(loss - measured.loss) < 1e-4 * measured.loss)
  }

  @Test("a network whose inputs never change is left at nearest, without numbers that are not finite")
  func deadInputs() throws {
    var graph = try Graph.residual.withWeights()
    graph.weights["stem"] = LayerWeights(
      weight: Array(repeating: 0, count: 36), bias: Array(repeating: -1, count: 4))
    let result = try quantized(graph, .best).quantized.measure(uniform("W4A4"), on: images).get()
    #expect(result.loss.isFinite)
  }
}
