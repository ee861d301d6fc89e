import Core
import Datasets
import Evaluation
import Foundation
import Networks
import Quantization
import Tensors
import Testing
import Training

@Suite struct CodebookNetworkTests {
  private let images = LabelledImages.brightness(count: 60)

  private func network(_ granularity: WeightGranularity = .perChannel) throws -> (
    float: FloatNetwork, codebooks: CodebookNetwork
  ) {
    let float = try FloatNetwork(.residual.withWeights())
    return (float, try CodebookNetwork(float, granularity: granularity, start: .plusPlus, seed: 1))
  }

  private func uniform(_ precision: String) throws -> Policy {
    .uniform(try #require(Precision(precision)), layerCount: 5)
  }

  @Test("as many centroids as weights change nothing", arguments: WeightGranularity.allCases)
  func lossless(_ granularity: WeightGranularity) throws {
    // No layer of the network has more than 256 weights.
    let networks = try network(granularity)
    let (float, stored) = (
      try networks.float.measure(images), try networks.codebooks.measure(uniform("W8A32"), on: images)
    )
    #expect(stored.accuracy == float.accuracy)
    #expect(abs(stored.loss - float.loss) < 1e-5)
  }

  @Test("a measured network is the float network with its weights replaced by their centroids")
  func twin() throws {
    let networks = try network(.perTensor)
    var graph = try Graph.residual.withWeights()
    for (name, layer) in graph.weights {
      let book = KMeansClustering(layer.weight).codebook(of: 4, from: .plusPlus, seed: 1)
      graph.weights[name]?.weight = book.weights
    }
    let expected = try FloatNetwork(graph).measure(images)
    let found = try networks.codebooks.measure(uniform("W2A32"), on: images)
    #expect(abs(found.loss - expected.loss) < 1e-5 && found.accuracy == expected.accuracy)
  }

  @Test("the gradient of a centroid is the sum of its weights' gradients")
  func summedGradients() throws {
    // Weights of a 3 x 2 matrix around two centroids; the loss is the cross-entropy of the matrix times (1, 2).
    let book = KMeansClustering([0.1, 0.9, 0.12, 0.88, 0.92, 0.08]).codebook(of: 2)
    #expect(book.counts == [3, 3])
    let shared = try SharedWeights(book, scales: [1, 1, 1], shape: [3, 2])
    let (x, bias) = (try Tensor([1, 2], shape: [1, 2]), try Tensor([0, 0, 0], shape: [3]))
    let optimizer = try StochasticGradientDescent([.init([shared.moved], weightDecay: 0)], momentum: 0)
    let before = try withoutGradients { try shared.weights().values() }
    let scores = try x.multiplied(by: shared.weights(), bias: bias)
    try scores.crossEntropy(with: Tensor(labels: [0])).backward()
    try optimizer.step(rate: 1)
    let after = try withoutGradients { try shared.weights().values() }
    // By hand: d loss / d weight (r, c) = (softmax_r - [r = 0]) * x_c.
    let values = try scores.values().map { exp(Double($0)) }
    let errors = values.enumerated().map { $1 / values.reduce(0, +) - ($0 == 0 ? 1 : 0) }
    let gradients = errors.flatMap { [$0, $0 * 2] }
    for cluster in 0...1 {
      let members = book.indices.indices.filter { Int(book.indices[$0]) == cluster }
      let sum = members.reduce(0) { $0 + gradients[$1] }
      for member in members {
        #expect(abs(Double(after[member] - before[member]) + sum / Double(members.count)) < 1e-5)
      }
    }
  }

  @Test("fine-tuning moves the centroids to a lower loss, twice alike, and keeps their number")
  func fineTuning() throws {
    let networks = try network()
    let policy = try uniform("W2A32")
    let before = try networks.codebooks.measure(policy, on: images)
    func tuned() throws -> EvaluationResult {
      try networks.codebooks.measure(
        policy, fineTuned: FineTuning(samples: 64 * 40, learningRate: 0.01, seed: 3), with: images, on: images
      )
    }
    let after = try tuned()
    #expect(after.loss < 0.8 * before.loss)
    #expect(try tuned() == after)
    #expect(try networks.codebooks.measure(policy, on: images) == before)
  }

  @Test("quantized activations, wide indices and learned clips are errors that say what is possible")
  func refusals() throws {
    let networks = try network()
    #expect(throws: QuantizationError.floatActivations(layer: "stem", width: .eight)) {
      try networks.codebooks.measure(uniform("W4A8"), on: images)
    }
    #expect(throws: QuantizationError.illegalCodebook(layer: "stem", width: try #require(BitWidth(9)))) {
      try networks.codebooks.measure(uniform("W9A32"), on: images)
    }
    #expect(throws: QuantizationError.noClips) {
      try networks.codebooks.beginTraining(uniform("W4A32"), clips: .learned)
    }
  }
}

@Suite struct LearnedClipTests {
  private let images = LabelledImages.brightness(count: 60)

  @Test("learned clips end where they were not calibrated, and stand in the network that is written")
  func clips() throws {
    let float = try FloatNetwork(.residual.withWeights())
    let calibration = try ActivationCalibration(of: float, on: images)
    let scheme = QuantizationScheme(network: float, calibration: calibration, granularity: .perChannel)
    let network = try QuantizedNetwork(float, scheme: scheme)
    let policy = Policy.uniform(Precision("W3A3")!, layerCount: 5)
    let start = try #require(scheme.quantizers(for: policy)["head"]?.activation.integers)
    let session = try network.beginTraining(policy, clips: .learned)
    #expect(session.clips.count == 5)
    let optimizer = try StochasticGradientDescent(session.groups(weightDecay: 0), momentum: 0.9)
    let batch = try images.batch(at: 0..<images.count)
    func loss() throws -> Tensor {
      try session.scores(Tensor(batch.pixels, shape: batch.shape)).crossEntropy(
        with: Tensor(labels: batch.labels))
    }
    let before = try withoutGradients { try loss().scalar() }
    for _ in 0..<40 {
      try loss().backward()
      try optimizer.step(rate: 0.01)
    }
    #expect(try withoutGradients { try loss().scalar() } < before)
    let clips = try session.clips.map { try Float($0.scalar()) }
    #expect(abs(clips[3] - start.scales[0] * start.quantizedRange.upperBound) > 1e-4)
    let graph = try session.graph()
    let clamp = try #require(graph.nodes.first { $0.name == "head.learned_clip" })
    // The inputs of `head` can be negative.
    #expect(clamp.operation == .clip(lowest: -clips[3], highest: clips[3]))
    #expect(graph.nodes.first { $0.name == "head" }?.inputs == ["head.learned_clip"])
    #expect(try FloatNetwork(graph).measure(images).loss.isFinite)
  }
}
