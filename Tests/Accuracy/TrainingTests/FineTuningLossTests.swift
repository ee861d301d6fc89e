import Core
import Datasets
import Evaluation
import Foundation
import Networks
import Quantization
import Tensors
import Testing
import Training

/// What fine-tuning descends on.
@Suite struct FineTuningLossTests {
  private let images = LabelledImages.brightness(count: 60)
  private let policy = Policy.uniform(Precision("W3A3")!, layerCount: 5)

  private func networks() throws -> (float: FloatNetwork, quantized: QuantizedNetwork) {
    let float = try FloatNetwork(Graph.residual.withWeights())
    let calibration = try ActivationCalibration(of: float, on: images)
    let scheme = QuantizationScheme(network: float, calibration: calibration, granularity: .perChannel)
    return (float, try QuantizedNetwork(float, scheme: scheme))
  }

  @Test("the loss of distillation is the measured divergence plus the entropy of the float network")
  func divergence() throws {
    let (float, quantized) = try networks()
    let batch = try images.batch(at: 0..<images.count)
    let scores = try float.scores(of: Tensor(batch.pixels, shape: batch.shape)).values()
    let entropies = stride(from: 0, to: scores.count, by: 3).map { start in
      let powers = scores[start..<start + 3].map { exp(Double($0)) }
      let total = powers.reduce(0, +)
      return powers.reduce(0) { $0 - $1 / total * log($1 / total) }
    }
    let entropy = entropies.reduce(0, +) / Double(images.count)
    let measured = try quantized.measure(
      policy, on: images, .init(against: float.referenceOutputs(on: images)))
    let divergence = try #require(measured.figures?.divergence)
    let session = try quantized.beginTraining(policy, clips: .calibrated)
    let loss = try withoutGradients { try session.loss(of: batch, .distillation).scalar() }
    #expect(divergence > 0.001)
    #expect(abs(loss - divergence - entropy) < 1e-4)
    let labels = try withoutGradients { try session.loss(of: batch, nil).scalar() }
    #expect(abs(labels - measured.loss) < 1e-4)
  }

  @Test("distillation reads no labels, and brings the network nearer to the float one, with codebooks too")
  func withoutLabels() throws {
    let (float, quantized) = try networks()
    let codebooks = try CodebookNetwork(float, granularity: .perChannel, start: .linear, seed: 1)
    let reference = try float.referenceOutputs(on: images)
    let wrong = images.relabelled(images.labels.map { ($0 + 1) % 3 }, classCount: 3)
    func tuned(
      _ network: any PolicyNetwork, _ policy: Policy, _ loss: FineTuningLoss?, _ training: LabelledImages
    ) throws -> EvaluationResult {
      try network.measure(
        policy, fineTuned: FineTuning(samples: 64 * 60, learningRate: 0.03, seed: 3, loss: loss),
        with: training, on: images, .init(against: reference))
    }
    for (network, text) in [(quantized as any PolicyNetwork, "W2A3"), (codebooks, "W2A32")] {
      let policy = Policy.uniform(try #require(Precision(text)), layerCount: 5)
      let before = try network.measure(policy, on: images, .init(against: reference))
      let after = try tuned(network, policy, .distillation, images)
      #expect(try tuned(network, policy, .distillation, wrong) == after)
      #expect(try tuned(network, policy, nil, images) != tuned(network, policy, nil, wrong))
      #expect(try tuned(network, policy, nil, images) == tuned(network, policy, .labels, images))
      let (far, near) = (try #require(before.figures?.divergence), try #require(after.figures?.divergence))
      #expect(near < 0.8 * far, "\(text): \(far) to \(near)")
    }
  }
}
