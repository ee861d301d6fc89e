import Core
import Datasets
import Evaluation
import Foundation
import Networks
import Quantization
import Testing
import Training

/// Fine-tuning that keeps its best epoch.
@Suite struct BestEpochTests {
  private let images = LabelledImages.brightness(count: 48)
  private let policy = Policy.uniform(Precision("W3A3")!, layerCount: 5)

  private func network() throws -> QuantizedNetwork {
    let float = try FloatNetwork(Graph.residual.withWeights())
    let calibration = try ActivationCalibration(of: float, on: images)
    let scheme = QuantizationScheme(network: float, calibration: calibration, granularity: .perChannel)
    return try QuantizedNetwork(float, scheme: scheme)
  }

  private func data(training: LabelledImages? = nil) -> DataSplits {
    DataSplits(name: "d", training: training ?? images, validation: images, test: images)
  }

  private func job(
    _ keep: KeptEpoch?, rate: Double = 0.02, clips: ActivationClips? = nil, choice: RateChoice? = nil
  ) -> FineTuningJob {
    let path = FileManager.default.temporaryDirectory.appending(path: "best-\(UUID().uuidString)").path
    return FineTuningJob(
      epochs: 4, batchSize: 16, learningRate: rate, schedule: .constant, seed: 5, checkpoint: path,
      activationClips: clips, keep: keep, rateChoice: choice)
  }

  private struct Interrupted: Error {}

  @Test("of higher accuracy, or of equal accuracy and lower loss")
  func better() {
    func figures(_ accuracy: Double, _ loss: Double) -> EvaluationResult.Figures {
      .init(accuracy: accuracy, loss: loss, samples: 10)
    }
    #expect(figures(0.6, 9).isBetter(than: figures(0.5, 1)))
    #expect(figures(0.5, 0.9).isBetter(than: figures(0.5, 1)))
    #expect(!figures(0.5, 1).isBetter(than: figures(0.5, 1)))
    #expect(!figures(0.5, 1.1).isBetter(than: figures(0.5, 1)))
    #expect(!figures(0.4, 0).isBetter(than: figures(0.5, 1)))
  }

  @Test(
    "the output and the checkpoint have the weights of the best epoch: those of a training that ended there",
    arguments: [0.005, 0.02, 0.1])
  func bestOfAll(rate: Double) throws {
    let best = job(.best, rate: rate)
    defer { try? FileManager.default.removeItem(atPath: best.checkpoint) }
    var curve: [TrainingProgress] = []
    let found = try FullFineTuning(best, data: data()).run(network(), policy: policy) { curve.append($0) }
    let before = try network().measure(policy, on: images).get()
    // The rule once more: sort by accuracy downwards, then loss, then epoch.
    let all = [(0, before)] + curve.map { ($0.epoch, $0.validation) }
    let expected = all.min { ($1.1.accuracy, $0.1.loss, $0.0) < ($0.1.accuracy, $1.1.loss, $1.0) }
    #expect(found.outcome == FineTuningOutcome(keptEpoch: expected?.0))

    let last = job(.last, rate: rate)
    defer { try? FileManager.default.removeItem(atPath: last.checkpoint) }
    var plain: [TrainingProgress] = []
    #expect(throws: Interrupted.self) {
      _ = try FullFineTuning(last, data: data()).run(network(), policy: policy) {
        plain.append($0)
        if $0.epoch == max(1, expected?.0 ?? 1) { throw Interrupted() }
      }
    }
    #expect(plain.elementsEqual(curve.prefix(plain.count)))
    let there = expected?.0 == 0 ? nil : last.checkpoint
    let rounded = try network().rounded(policy, checkpoint: best.checkpoint)
    #expect(try rounded.weights == network().rounded(policy, checkpoint: there).weights)
    if expected?.0 == 0 { #expect(try found.graph.weights == Graph.residual.withWeights().weights) }
  }

  @Test("where nothing is gained, the output is the network before the first epoch, with its clips")
  func nothingGained() throws {
    let float = try FloatNetwork(Graph.residual.withWeights())
    // By these labels every image is right before the training, so that no epoch can have a higher accuracy.
    let own = images.relabelled(try network().classes(of: images, under: policy), classCount: 3)
    let wrong = own.relabelled(own.labels.map { ($0 + 1) % 3 }, classCount: 3)
    for clips in [nil, ActivationClips.learned] {
      let tuning = self.job(.best, rate: 0.1, clips: clips)
      defer { try? FileManager.default.removeItem(atPath: tuning.checkpoint) }
      let splits = DataSplits(name: "d", training: wrong, validation: own, test: own)
      let found = try FullFineTuning(tuning, data: splits).run(network(), policy: policy) {
        #expect($0.validation.accuracy < 1)
      }
      #expect(found.outcome.keptEpoch == 0)
      #expect(found.graph.weights == float.graph.weights)
      #expect(found.graph.nodes.count == float.graph.nodes.count + (clips == nil ? 0 : 5))
    }
  }

  @Test("interrupted after any epoch and resumed, output, outcome and checkpoint are the same bytes")
  func resuming() throws {
    let ways: [(Double, RateChoice?)] = [(0.1, nil), (0.4, .guarded)]
    for (rate, choice) in ways {
      let whole = job(.best, rate: rate, choice: choice)
      defer { try? FileManager.default.removeItem(atPath: whole.checkpoint) }
      let expected = try FullFineTuning(whole, data: data()).run(network(), policy: policy) { _ in }
      for stop in 1...3 {
        let part = job(.best, rate: rate, choice: choice)
        defer { try? FileManager.default.removeItem(atPath: part.checkpoint) }
        #expect(throws: Interrupted.self) {
          _ = try FullFineTuning(part, data: data()).run(network(), policy: policy) {
            if $0.epoch == stop { throw Interrupted() }
          }
        }
        let found = try FullFineTuning(part, data: data()).run(network(), policy: policy) { _ in }
        #expect(found.outcome == expected.outcome)
        #expect(found.graph.weights == expected.graph.weights)
        let (one, other) = (URL(filePath: part.checkpoint), URL(filePath: whole.checkpoint))
        #expect(try Data(contentsOf: one) == Data(contentsOf: other))
      }
    }
  }

  @Test("a checkpoint that keeps the last epoch is not continued by a training that keeps the best")
  func otherKeeping() throws {
    let last = job(nil)
    defer { try? FileManager.default.removeItem(atPath: last.checkpoint) }
    _ = try FullFineTuning(last, data: data()).run(network(), policy: policy) { _ in }
    var best = last
    best.keep = .best
    #expect(throws: FineTuningCheckpoint.Mismatch.self) {
      _ = try FullFineTuning(best, data: data()).run(network(), policy: policy) { _ in }
    }
  }
}

extension QuantizedNetwork {
  /// The classes that the network finds most likely under a policy.
  fileprivate func classes(of images: LabelledImages, under policy: Policy) throws -> [Int32] {
    try (0..<images.count).map { index in
      let one = images[index..<index + 1]
      return try (0..<3).map(Int32.init).first {
        try measure(policy, on: one.relabelled([$0], classCount: 3)).accuracy == 1
      } ?? 0
    }
  }
}
