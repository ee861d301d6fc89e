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
  /// Figures as the objective has them; epochs are compared by these.
  package var judged: (EvaluationResult.Figures) throws -> EvaluationResult.Figures = { $0 }

  package init(_ job: FineTuningJob, data: DataSplits) {
    self.job = job
    self.data = data
  }

  /// What a fine-tuning ends with.
  package struct Result {
    /// With the weights of the epoch that was kept, in floats that are not quantized.
    package var graph: Graph
    package var outcome: FineTuningOutcome
  }

  /// Trains from the epoch of the checkpoint, or from the start when there is none.
  ///
  /// Interrupted after any epoch and resumed, it gives the same bytes as in one go: order and augmentation of an epoch depend on
  /// the seed and the number of the epoch alone, and the checkpoint has the best weights so far.
  ///
  /// - Parameter onEpoch: Called for the epochs of the checkpoint too, so that the learning curve is whole.
  /// - Throws: `FineTuningCheckpoint.Mismatch` when the checkpoint belongs to another job.
  package func run(
    _ network: any PolicyNetwork, policy: Policy, onEpoch: (TrainingProgress) throws -> Void
  ) throws -> Result {
    let session = try network.beginTraining(policy, clips: job.activationClips ?? .calibrated)
    let kept = try session.tensors.map { try $0.copy() }
    let optimizer = try StochasticGradientDescent(
      session.groups(weightDecay: job.weightDecay), momentum: 0.9)
    let file = FineTuningCheckpoint.File(path: job.checkpoint)
    let tensors = (job.keep == .best ? kept : []) + session.tensors + optimizer.velocities
    let identity = FineTuningCheckpoint.Identity(job, of: session, policy: policy, data: data.name)
    var course =
      try file.restore(job, identity, into: tensors) ?? start(session, kept, network, under: policy)
    for progress in course.history { try onEpoch(progress) }

    for epoch in course.history.count..<max(course.history.count, job.epochs) {
      let loss = try train(session, optimizer, epoch: epoch, peak: course.learningRate)
      let measured = try Measurement.measure(data.validation, .init(against: reference)) { images in
        try session.scores(images)
      }
      let validation = try judged(measured.get())
      let progress = TrainingProgress(
        epoch: epoch + 1, epochs: job.epochs, trainingLoss: loss, validation: validation)
      course.history.append(progress)
      if let best = course.best, validation.isBetter(than: best.figures) {
        course.best = .init(epoch: epoch + 1, figures: validation)
        try kept.assign(session.tensors)
      }
      try file.save(identity, course, tensors: tensors)
      try onEpoch(progress)
    }
    if course.best != nil { try session.tensors.assign(kept) }
    return Result(
      graph: try session.graph(),
      outcome: FineTuningOutcome(
        keptEpoch: course.best?.epoch, learningRate: job.rateChoice == .guarded ? course.learningRate : nil))
  }

  /// The course before the first epoch. What is measured of epoch 0 is what `evaluate` gives, digit by digit.
  private func start(
    _ session: TrainingSession, _ weights: [Tensor], _ network: any PolicyNetwork, under policy: Policy
  ) throws -> FineTuningCheckpoint.Course {
    var course = FineTuningCheckpoint.Course(learningRate: job.learningRate)
    if job.keep == .best {
      let measured = try network.measure(policy, on: data.validation, .init(against: reference))
      course.best = .init(epoch: 0, figures: try judged(measured.get()))
    }
    if job.rateChoice == .guarded {
      course.learningRate = try RateGuard(job, data: data).rate(for: session, startingFrom: weights)
    }
    return course
  }

  /// One epoch, counted from 0; its mean loss, in nats.
  private func train(
    _ session: TrainingSession, _ optimizer: StochasticGradientDescent, epoch: Int, peak: Double
  ) throws -> Double {
    var job = job
    job.learningRate = peak
    let stepsPerEpoch = max(1, data.training.count / job.batchSize)
    // Any odd number far from small ones keeps the streams of neighbouring seeds and epochs apart.
    var generator = SeededGenerator(seed: job.seed &+ UInt64(epoch) &* 0x9E37_79B9_7F4A_7C15)
    let order = Array(0..<data.training.count).shuffled(using: &generator)
    var lossSum = 0.0
    for step in 0..<stepsPerEpoch {
      let indices = order[step * job.batchSize..<min((step + 1) * job.batchSize, order.count)]
      let batch = try data.training.batch(at: indices) { _ in
        .random(data.training.augmentation, using: &generator)
      }
      let loss = try session.loss(of: batch, job.loss)
      try loss.backward()
      try optimizer.step(rate: job.rate(atStep: epoch * stepsPerEpoch + step, stepsPerEpoch: stepsPerEpoch))
      lossSum += try loss.scalar()
    }
    guard lossSum.isFinite else { throw NotFinite(trainingLossOfEpoch: epoch + 1) }
    return lossSum / Double(stepsPerEpoch)
  }
}

extension [Tensor] {
  /// Gives each the values of another of its shape.
  func assign(_ others: [Tensor]) throws {
    for (tensor, other) in zip(self, others) { try tensor.assign(other.values()) }
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
