package import Core
package import Datasets
package import Evaluation
package import Networks
import RandomNumbers
package import Tensors

/// A network that can be measured and trained under policies, whichever way its numbers are stored.
package protocol PolicyNetwork: AnyObject {
  /// Accuracy and loss under a policy, as calibrated; and what the questions ask.
  func measure(
    _ policy: Policy, on images: LabelledImages, _ questions: Measurement.Questions
  ) throws -> EvaluationResult

  /// Copies of what training moves, under a policy; this network is left as it was.
  func beginTraining(_ policy: Policy, clips: ActivationClips) throws -> TrainingSession
}

/// The tensors that fine-tuning moves, and the network that reads them.
package struct TrainingSession {
  /// The network's name.
  package let name: String
  /// Those that weight decay applies to.
  package let weights: [Tensor]
  /// Those that it does not: biases.
  package let others: [Tensor]
  /// Learned clips of activations, or steps of both operands; none when they stay as calibrated.
  package let clips: [Tensor]
  /// The factor of their L2 regularisation.
  package var clipDecay = 0.0
  /// Of activations of both signs.
  package var activationRange = ActivationRange.symmetric
  /// The quantizers with the steps as they now are; empty where none are learned in this way.
  package var quantizers: () throws -> [String: LayerQuantizers] = { [:] }
  /// Class scores of the float network, images x classes.
  package let floatScores: (Tensor) throws -> Tensor
  /// Class scores of the quantized network as it now is, images x classes.
  package let scores: (Tensor) throws -> Tensor
  /// The float graph with the weights and clips as they now are.
  package let graph: () throws -> Graph

  /// What an optimiser moves, each group with its decay.
  package func groups(weightDecay: Double) -> [StochasticGradientDescent.Group] {
    [
      .init(weights, weightDecay: weightDecay), .init(others, weightDecay: 0),
      .init(clips, weightDecay: clipDecay),
    ]
  }

  /// The mean loss of a batch, in nats.
  ///
  /// - Parameter loss: Nil stands for labels.
  package func loss(of batch: Batch, _ loss: FineTuningLoss?) throws -> Tensor {
    let images = try batch.images
    switch loss ?? .labels {
    case .labels: return try scores(images).crossEntropy(with: batch.classes)
    case .distillation:
      let taught = try withoutGradients { try floatScores(images) }
      return try scores(images).crossEntropy(withProbabilitiesOf: taught)
    }
  }

  /// All of them, in the order of the groups.
  package var tensors: [Tensor] { weights + others + clips }
}

/// PACT: the clip of an activation, learned with the weights.
///
/// Source: Choi et al., "PACT: Parameterized clipping activation for quantized neural networks", 2018.
package enum LearnedClip {
  /// The factor of the L2 regularisation of clips, the weight decay of the paper's networks (section 3.1 uses one for both).
  static let decay = 1e-4
}

extension PolicyNetwork {
  package func measure(_ policy: Policy, on images: LabelledImages) throws -> EvaluationResult {
    try measure(policy, on: images, .init())
  }

  /// Accuracy and loss under a policy after brief training with the straight-through estimator.
  ///
  /// Scales stay as calibrated unless clips are learned; weights and biases move. This network is left as it was.
  package func measure(
    _ policy: Policy, fineTuned options: FineTuning, with training: LabelledImages, on images: LabelledImages,
    _ questions: Measurement.Questions = .init()
  ) throws -> EvaluationResult {
    let session = try beginTraining(policy, clips: options.activationClips ?? .calibrated)
    try session.train(options, on: training)
    return try Measurement.measure(images, questions) { try session.scores($0) }
  }
}

extension TrainingSession {
  private static let batchSize = 64

  fileprivate func train(_ options: FineTuning, on training: LabelledImages) throws {
    let optimizer = try StochasticGradientDescent(groups(weightDecay: 0), momentum: 0.9)
    var generator = SeededGenerator(seed: options.seed)
    var order = SampleOrder(count: training.count)
    let steps = (options.samples - 1) / Self.batchSize + 1
    let schedule = CosineSchedule(peak: options.learningRate, steps: steps)
    for step in 0..<steps {
      let batch = try training.batch(at: order.next(Self.batchSize, using: &generator)) { _ in
        .random(training.augmentation, using: &generator)
      }
      try loss(of: batch, options.loss).backward()
      try optimizer.step(rate: schedule.rate(atStep: step))
    }
  }
}

/// Walks through all samples in random order before any comes again.
private struct SampleOrder {
  private var order: [Int]
  private var used: Int

  init(count: Int) {
    order = Array(0..<count)
    used = count
  }

  mutating func next(_ count: Int, using generator: inout some RandomNumberGenerator) -> [Int] {
    var picked: [Int] = []
    while picked.count < count {
      if used == order.count {
        order.shuffle(using: &generator)
        used = 0
      }
      let taken = min(count - picked.count, order.count - used)
      picked += order[used..<used + taken]
      used += taken
    }
    return picked
  }
}
