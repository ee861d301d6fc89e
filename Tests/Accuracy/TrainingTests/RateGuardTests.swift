import Core
import Datasets
import Evaluation
import Foundation
import Networks
import Quantization
import Testing
import Training

/// A learning rate that is lowered until it does not wreck the network.
@Suite struct RateGuardTests {
  private let images = LabelledImages.brightness(count: 48)
  private let policy = Policy.uniform(Precision("W3A3")!, layerCount: 5)

  /// How a fine-tuning of one network ends, and its curve.
  private func tuned(
    rate: Double, _ choice: RateChoice?, loss: FineTuningLoss? = nil
  ) throws -> (ending: FullFineTuning.Result, curve: [TrainingProgress]) {
    let float = try FloatNetwork(Graph.residual.withWeights())
    let calibration = try ActivationCalibration(of: float, on: images)
    let scheme = QuantizationScheme(network: float, calibration: calibration, granularity: .perChannel)
    let job = FineTuningJob(
      epochs: 2, batchSize: 16, learningRate: rate, schedule: .constant, seed: 5,
      checkpoint: FileManager.default.temporaryDirectory.appending(path: "rate-\(UUID().uuidString)").path,
      loss: loss, keep: .best, rateChoice: choice)
    defer { try? FileManager.default.removeItem(atPath: job.checkpoint) }
    var curve: [TrainingProgress] = []
    let ending = try FullFineTuning(
      job, data: DataSplits(name: "d", training: images, validation: images, test: images)
    ).run(try QuantizedNetwork(float, scheme: scheme), policy: policy) { curve.append($0) }
    return (ending, curve)
  }

  @Test("a rate that suits the network is taken, and the training is that without the guard")
  func suits() throws {
    let (free, guarded) = (try tuned(rate: 0.01, nil), try tuned(rate: 0.01, .guarded))
    #expect(free.ending.outcome.learningRate == nil)
    #expect(guarded.ending.outcome.learningRate == 0.01)
    #expect(guarded.curve == free.curve)
    #expect(guarded.ending.graph.weights == free.ending.graph.weights)
  }

  @Test(
    "a rate that wrecks the network is quartered, and the training is that of the lower rate",
    arguments: [FineTuningLoss.labels, .distillation])
  func wrecks(_ loss: FineTuningLoss) throws {
    let guarded = try tuned(rate: 16, .guarded, loss: loss)
    let rate = try #require(guarded.ending.outcome.learningRate)
    #expect((1...5).map { 16 / pow(4, Double($0)) }.contains(rate))
    let lower = try tuned(rate: rate, nil, loss: loss)
    #expect(guarded.curve == lower.curve)
    #expect(guarded.ending.graph.weights == lower.ending.graph.weights)
    let wrecked = try tuned(rate: 16, nil, loss: loss)
    #expect(wrecked.curve[0].validation.loss > guarded.curve[0].validation.loss)
  }
}
