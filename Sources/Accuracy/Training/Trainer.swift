package import Datasets
package import Evaluation
import Foundation
package import Networks
import RandomNumbers
import Tensors

/// Trains an architecture from scratch.
package struct Trainer {
  package let options: TrainingOptions
  package let data: DataSplits

  package init(options: TrainingOptions, data: DataSplits) {
    self.options = options
    self.data = data
  }

  /// The architecture with trained, folded weights.
  ///
  /// The same options, data and thread count on the same machine give the same weights.
  ///
  /// - Parameter onEpoch: called after each epoch with the accuracy on the validation split.
  package func train(_ architecture: Graph, onEpoch: (TrainingProgress) throws -> Void) throws -> Graph {
    var generator = SeededGenerator(seed: options.seed)
    let network = try BatchNormalizedNetwork(architecture, using: &generator)
    let optimizer = try StochasticGradientDescent(
      network.parameterGroups(weightDecay: options.weightDecay), momentum: 0.9)
    let stepsPerEpoch = data.training.count / options.batchSize
    let schedule = CosineSchedule(
      peak: options.learningRate, warmUpSteps: stepsPerEpoch, steps: options.epochs * stepsPerEpoch)

    for epoch in 0..<options.epochs {
      let order = Array(0..<data.training.count).shuffled(using: &generator)
      var lossSum = 0.0
      for step in 0..<stepsPerEpoch {
        let indices = order[step * options.batchSize..<(step + 1) * options.batchSize]
        let batch = try data.training.batch(at: indices) { _ in
          .random(data.training.augmentation, using: &generator)
        }
        let loss = try network.trainingScores(of: batch.images)
          .crossEntropy(with: batch.classes, labelSmoothing: options.labelSmoothing)
        try loss.backward()
        try optimizer.step(rate: schedule.rate(atStep: epoch * stepsPerEpoch + step))
        lossSum += try loss.scalar()
      }
      guard lossSum.isFinite else { throw NotFinite(trainingLossOfEpoch: epoch + 1) }
      let folded = try FloatNetwork(network.folded())
      try onEpoch(
        TrainingProgress(
          epoch: epoch + 1, epochs: options.epochs, trainingLoss: lossSum / Double(stepsPerEpoch),
          validation: try folded.measure(data.validation).get()))
    }
    return try network.folded()
  }
}

/// A learning rate that rises linearly to its peak, then falls to zero along half a cosine.
///
/// Source: Loshchilov, Hutter, "SGDR", ICLR 2017.
package struct CosineSchedule: Sendable {
  package var peak: Double
  package var warmUpSteps: Int
  package var steps: Int

  package init(peak: Double, warmUpSteps: Int = 0, steps: Int) {
    self.peak = peak
    self.warmUpSteps = warmUpSteps
    self.steps = steps
  }

  /// The rate of a step, counted from 0.
  package func rate(atStep step: Int) -> Double {
    if step < warmUpSteps { return peak * Double(step + 1) / Double(warmUpSteps) }
    let progress = Double(step - warmUpSteps) / Double(max(1, steps - warmUpSteps))
    return peak * 0.5 * (1 + cos(.pi * progress))
  }
}

extension Batch {
  /// The pictures as a tensor.
  var images: Tensor { get throws { try Tensor(pixels, shape: shape) } }
  /// The labels as a tensor.
  var classes: Tensor { get throws { try Tensor(labels: labels) } }
}
