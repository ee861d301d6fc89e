package import Core
package import Datasets
package import Evaluation
import Foundation
package import Networks
import RandomNumbers
import Tensors

/// Fine-tuning of a quantized network over whole epochs, with a checkpoint after each.
package struct FullFineTuning {
  package let job: FineTuningJob
  package let data: DataSplits
  /// What the network is compared with on the validation split after each epoch; nil compares it with the classes alone.
  package var reference: ReferenceOutputs?

  package init(_ job: FineTuningJob, data: DataSplits) {
    self.job = job
    self.data = data
  }

  /// Trains from the epoch of the checkpoint, or from the start when there is none.
  ///
  /// Interrupted after any epoch and resumed, it gives the same bytes as in one go: order and augmentation of an epoch depend on
  /// the seed and the number of the epoch alone.
  ///
  /// - Parameter onEpoch: Called for the epochs of the checkpoint too, so that the learning curve is whole.
  /// - Returns: The graph with fine-tuned weights, in floats that are not quantized.
  /// - Throws: `FineTuningCheckpoint.Mismatch` when the checkpoint belongs to another job.
  package func run(
    _ network: any PolicyNetwork, policy: Policy, onEpoch: (TrainingProgress) throws -> Void
  ) throws -> Graph {
    let session = try network.beginTraining(policy, clips: job.activationClips ?? .calibrated)
    let optimizer = try StochasticGradientDescent(
      session.groups(weightDecay: job.weightDecay), momentum: 0.9)
    let file = FineTuningCheckpoint.File(path: job.checkpoint)
    let tensors = session.tensors + optimizer.velocities
    let identity = FineTuningCheckpoint.Identity(job, of: session, policy: policy, data: data.name)
    var history = try file.restore(identity, into: tensors)
    for progress in history { try onEpoch(progress) }

    let stepsPerEpoch = max(1, data.training.count / job.batchSize)
    for epoch in history.count..<max(history.count, job.epochs) {
      // Any odd number far from small ones keeps the streams of neighbouring seeds and epochs apart.
      var generator = SeededGenerator(seed: job.seed &+ UInt64(epoch) &* 0x9E37_79B9_7F4A_7C15)
      let order = Array(0..<data.training.count).shuffled(using: &generator)
      var lossSum = 0.0
      for step in 0..<stepsPerEpoch {
        let indices = order[step * job.batchSize..<min((step + 1) * job.batchSize, order.count)]
        let batch = try data.training.batch(at: indices) { _ in
          .random(data.training.augmentation, using: &generator)
        }
        let loss = try session.scores(batch.images).crossEntropy(with: batch.classes)
        try loss.backward()
        try optimizer.step(rate: job.rate(atStep: epoch * stepsPerEpoch + step, stepsPerEpoch: stepsPerEpoch))
        lossSum += try loss.scalar()
      }
      guard lossSum.isFinite else { throw NotFinite(trainingLossOfEpoch: epoch + 1) }
      let progress = TrainingProgress(
        epoch: epoch + 1, epochs: job.epochs, trainingLoss: lossSum / Double(stepsPerEpoch),
        validation: try Measurement.measure(data.validation, .init(against: reference)) { images in
          try session.scores(images)
        }.get())
      history.append(progress)
      try file.save(identity, history: history, tensors: tensors)
      try onEpoch(progress)
    }
    return try session.graph()
  }
}

extension FineTuningJob {
  /// The learning rate of a step, counted from 0 over all epochs.
  package func rate(atStep step: Int, stepsPerEpoch: Int) -> Double {
    let (warmUp, all) = (warmUpEpochs * stepsPerEpoch, epochs * stepsPerEpoch)
    if step < warmUp { return learningRate * Double(step + 1) / Double(warmUp) }
    switch schedule {
    case .constant: return learningRate
    case .step:
      let drops = [all / 2, all * 3 / 4].count { step >= $0 }
      return learningRate * pow(0.1, Double(drops))
    case .cosine:
      return CosineSchedule(peak: learningRate, warmUpSteps: warmUp, steps: all).rate(atStep: step)
    }
  }
}
