import Datasets
import Evaluation
import RandomNumbers
import Tensors

/// Chooses a peak learning rate that does not begin by undoing what a network has learned.
///
/// The network is trained for a few steps at the job's rate. Where the loss on validation samples is then above that of the
/// network before, or no number, the trial is repeated from the start at a quarter of the rate. A network that the rate suits
/// is trained exactly as without the guard.
struct RateGuard {
  private let job: FineTuningJob
  private let data: DataSplits

  /// Steps of a trial, one epoch at most.
  static let steps = 50
  /// Validation samples whose loss decides, from the first on.
  static let samples = 512
  static let divisor = 4.0
  /// After so many trials in vain, the next lower rate is taken untried.
  static let trials = 5

  init(_ job: FineTuningJob, data: DataSplits) { (self.job, self.data) = (job, data) }

  /// The rate; the session's tensors are afterwards as before.
  ///
  /// - Parameter weights: The values of the session's tensors.
  func rate(for session: TrainingSession, startingFrom weights: [Tensor]) throws -> Double {
    let before = try loss(of: session)
    var rate = job.learningRate
    for _ in 0..<Self.trials {
      try train(session, at: rate)
      let after = try loss(of: session)
      try session.tensors.assign(weights)
      if after <= before { return rate }
      rate /= Self.divisor
    }
    return rate
  }

  private func train(_ session: TrainingSession, at rate: Double) throws {
    let optimizer = try StochasticGradientDescent(
      session.groups(weightDecay: job.weightDecay), momentum: 0.9)
    var generator = SeededGenerator(seed: job.seed)
    let order = Array(0..<data.training.count).shuffled(using: &generator)
    for step in 0..<min(Self.steps, max(1, order.count / job.batchSize)) {
      let indices = order[step * job.batchSize..<min((step + 1) * job.batchSize, order.count)]
      let batch = try data.training.batch(at: indices) { _ in
        .random(data.training.augmentation, using: &generator)
      }
      try session.loss(of: batch, job.loss).backward()
      try optimizer.step(rate: rate)
    }
  }

  /// The mean loss that training lowers, in nats; not a number where an image's is none.
  private func loss(of session: TrainingSession) throws -> Double {
    let images = data.validation[0..<min(Self.samples, data.validation.count)]
    var sum = 0.0
    try Measurement.forEachBatch(of: images) { batch, _ in
      sum += try session.loss(of: batch, job.loss).scalar() * Double(batch.labels.count)
      return .goOn
    }
    return sum / Double(images.count)
  }
}
