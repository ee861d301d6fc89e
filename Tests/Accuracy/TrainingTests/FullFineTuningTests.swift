import Core
import Datasets
import Evaluation
import Foundation
import Networks
import Quantization
import Testing
import Training

@Suite struct FullFineTuningTests {
  private let images = LabelledImages.brightness(count: 48)
  private var data: DataSplits { DataSplits(name: "d", training: images, validation: images, test: images) }
  private let policy = Policy.uniform(Precision("W3A3")!, layerCount: 5)

  private func network() throws -> QuantizedNetwork {
    let float = try FloatNetwork(Graph.residual.withWeights())
    let calibration = try ActivationCalibration(of: float, on: images)
    let scheme = QuantizationScheme(network: float, calibration: calibration, granularity: .perChannel)
    return try QuantizedNetwork(float, scheme: scheme)
  }

  private struct Interrupted: Error {}

  @Test("interrupted after any epoch and resumed, it gives the same weights and curve as in one go")
  func resuming() throws {
    let folder = FileManager.default.temporaryDirectory
    func job(_ name: String) -> FineTuningJob {
      FineTuningJob(
        epochs: 3, batchSize: 16, learningRate: 0.02, seed: 5,
        checkpoint: folder.appending(path: "\(name)-\(UUID().uuidString)").path)
    }
    let whole = job("whole")
    var curve: [TrainingProgress] = []
    let expected = try FullFineTuning(whole, data: data).run(network(), policy: policy) {
      curve.append($0)
    }.graph
    #expect(curve.map(\.epoch) == [1, 2, 3])
    #expect(curve[2].validation.loss < curve[0].validation.loss)
    for stop in 1...2 {
      let part = job("part\(stop)")
      defer { try? FileManager.default.removeItem(atPath: part.checkpoint) }
      #expect(throws: Interrupted.self) {
        try FullFineTuning(part, data: data).run(network(), policy: policy) {
          if $0.epoch == stop { throw Interrupted() }
        }
      }
      var resumed: [TrainingProgress] = []
      let found = try FullFineTuning(part, data: data).run(network(), policy: policy) {
        resumed.append($0)
      }.graph
      #expect(resumed == curve)
      for (name, weights) in expected.weights { #expect(found.weights[name]?.weight == weights.weight) }
    }
    // Another job does not take the checkpoint over.
    var other = whole
    other.learningRate = 0.01
    #expect(throws: FineTuningCheckpoint.Mismatch.self) {
      try FullFineTuning(other, data: data).run(network(), policy: policy) { _ in }
    }
    try FileManager.default.removeItem(atPath: whole.checkpoint)
  }

  @Test(
    "a checkpoint's weights, rounded by the quantizers that it trained with, measure what its last epoch did",
    arguments: [nil, ActivationClips.steps])
  func roundedCheckpoint(_ clips: ActivationClips?) throws {
    let job = FineTuningJob(
      epochs: 1, batchSize: 16, learningRate: 0.02, seed: 5,
      checkpoint: FileManager.default.temporaryDirectory.appending(path: "rounded-\(UUID().uuidString)").path,
      activationClips: clips)
    defer { try? FileManager.default.removeItem(atPath: job.checkpoint) }
    let quantized = try network()
    var curve: [TrainingProgress] = []
    _ = try FullFineTuning(job, data: data).run(quantized, policy: policy) { curve.append($0) }
    let rounded = try quantized.rounded(policy, checkpoint: job.checkpoint)
    #expect(try quantized.rounded(policy).weights != rounded.weights)

    // The same network, written out: weights as they are, and each layer behind the quantizer of its input.
    var graph = Graph.residual
    graph.weights = rounded.weights
    graph.nodes = graph.nodes.flatMap { node -> [Node] in
      guard let activation = rounded.quantizers[node.name]?.activation.integers else { return [node] }
      let quantizer = Node(
        name: "\(node.name).input",
        operation: .fakeQuantize(
          FakeQuantization(
            scale: activation.scales[0], zeroPoint: 0, quantizedRange: activation.quantizedRange,
            width: BitWidth(3)!)),
        inputs: node.inputs, output: "\(node.name).input")
      return [
        quantizer,
        Node(
          name: node.name, operation: node.operation, inputs: [quantizer.output], output: node.output),
      ]
    }
    let measured = try FloatNetwork(graph).measure(images)
    #expect(abs(measured.loss - curve[0].validation.loss) < 1e-6)
    #expect(measured.accuracy == curve[0].validation.accuracy)

    #expect(throws: FineTuningCheckpoint.Mismatch.self) {
      try quantized.rounded(.uniform(Precision("W4A3")!, layerCount: 5), checkpoint: job.checkpoint)
    }
    #expect(throws: FineTuningCheckpoint.Mismatch.self) {
      try quantized.rounded(policy, checkpoint: job.checkpoint + ".absent")
    }
  }

  @Test("rates of the three schedules")
  func schedules() {
    var job = FineTuningJob(
      epochs: 4, learningRate: 1, warmUpEpochs: 1, schedule: .step, seed: 1, checkpoint: "")
    // Four steps an epoch: a rise over four steps, then a tenth from step 8 and a hundredth from step 12.
    let rates = [0, 3, 4, 8, 12].map { job.rate(atStep: $0, stepsPerEpoch: 4) }
    for (rate, expected) in zip(rates, [0.25, 1, 1, 0.1, 0.01]) { #expect(abs(rate - expected) < 1e-12) }
    job.schedule = .constant
    #expect(job.rate(atStep: 15, stepsPerEpoch: 4) == 1)
    job.schedule = .cosine
    // Half-way between the steps 4 and 16 a cosine has fallen to a half.
    #expect(abs(job.rate(atStep: 10, stepsPerEpoch: 4) - 0.5) < 1e-12)
  }

  @Test("top-5 counts labels among the five greatest, ties to the earlier class")
  func top5() {
    // Seven classes. Label 6 of equal scores is seventh; label 4 is fifth; label 5 has the fifth-greatest score.
    let scores: [Float] = [0, 0, 0, 0, 0, 0, 0] + [1, 1, 1, 1, 1, 1, 1] + [9, 8, 7, 6, 0, 5, 1]
    #expect(Measurement.correctTop5(scores, [6, 4, 5]) == 2)
    #expect(Measurement.correctTop5([.nan, 0, 0, 0, 0, 0, 0], [0]) == 0)
  }
}
