import Datasets
package import Evaluation
import Tensors

/// Accuracy and loss of anything that scores images.
package enum Measurement {
  /// What to find out beside accuracy and loss.
  package struct Questions {
    /// What to report the divergence from, with an entry for each image; nil reports none.
    package var reference: ReferenceOutputs?
    /// Stops once the accuracy stays below; nil measures all images.
    package var bar: AccuracyBar?
    package var extras: Set<EvaluationRequest.Extra>
    /// Which images these are, so that parts of earlier runs can be used again; nil runs everything.
    package var samples: SampleSet?

    package init(
      against reference: ReferenceOutputs? = nil, bar: AccuracyBar? = nil,
      extras: Set<EvaluationRequest.Extra> = [], samples: SampleSet? = nil
    ) {
      self.samples = samples
      self.reference = reference
      self.bar = bar
      self.extras = extras
    }
  }

  private static let mostImages = 250
  private static let mostPixels = 3_200_000

  /// - Precondition: there is at least one image, and a reference for each.
  static func measure(
    _ images: LabelledImages, _ questions: Questions = Questions(),
    firstNotFinite: (Tensor) throws -> String? = { _ in nil }, scores: (Tensor) throws -> Tensor
  ) throws -> EvaluationResult {
    try measure(images, questions, firstNotFinite: firstNotFinite) { images, _ in try scores(images) }
  }

  /// Throws `NotFinite` when the loss of an image is infinite or not a number.
  ///
  /// - Parameters:
  ///   - firstNotFinite: The first layer that reads such numbers.
  ///   - scores: Also gets the position of the batch's first image.
  static func measure(
    _ images: LabelledImages, _ questions: Questions,
    firstNotFinite: (Tensor) throws -> String? = { _ in nil }, scores: (Tensor, Int) throws -> Tensor
  ) throws -> EvaluationResult {
    let reference = questions.reference
    precondition(images.count > 0 && reference.map { $0.count >= images.count } ?? true)
    let test = questions.bar.map {
      SequentialTest($0, samples: images.count, looks: (images.count - 1) / batchSize(images) + 1)
    }
    let countsTop5 = questions.extras.contains(.top5)
    var (seen, correctTop5, areCorrect) = (0, 0, [Bool]())
    var (lossSum, divergenceSum) = (0.0, 0.0)
    try forEachBatch(of: images) { batch, first in
      let (classes, logits) = (try batch.classes, try scores(batch.images, first))
      areCorrect += try logits.areCorrect(against: classes)
      let loss = try logits.crossEntropy(with: classes).scalar()
      guard loss.isFinite else {
        throw try notFinite(in: batch, from: first, of: images, firstNotFinite) { try scores($0, $1) }
      }
      lossSum += loss * Double(batch.labels.count)
      if reference != nil || countsTop5 {
        let values = try logits.values()
        if let reference { divergenceSum += reference.divergence(of: values, from: first) }
        if countsTop5 { correctTop5 += Self.correctTop5(values, batch.labels) }
      }
      seen += batch.labels.count
      let isBelow = test?.staysBelow(correct: areCorrect.count(where: \.self), seen: seen) == true
      return seen < images.count && isBelow ? .stop : .goOn
    }
    let count = Double(seen)
    var figures = EvaluationResult.Figures(
      accuracy: Double(areCorrect.count(where: \.self)) / count, loss: lossSum / count, samples: seen,
      divergence: reference.map { _ in divergenceSum / count })
    if countsTop5 { figures.top5Accuracy = Double(correctTop5) / count }
    if questions.extras.contains(.correctSamples) { figures.correctSamples = CorrectSamples(areCorrect) }
    return seen < images.count ? .stopped(figures) : .measured(figures)
  }

  /// Finds the first image of a batch whose own loss is not finite, and where it begins.
  private static func notFinite(
    in batch: Batch, from first: Int, of images: LabelledImages,
    _ firstNotFinite: (Tensor) throws -> String?, scores: (Tensor, Int) throws -> Tensor
  ) throws -> NotFinite {
    let values = try scores(batch.images, first)
    let classes = values.shape[1]
    let rows = try values.values()
    let index = batch.labels.indices.first { image in
      let row = rows[image * classes..<(image + 1) * classes]
      // A difference of scores that is infinite makes an infinite loss of finite scores.
      return !row.allSatisfy(\.isFinite) || !(row.max()! - row.min()!).isFinite
    }
    let image = first + (index ?? 0)
    let single = try images.batch(at: image..<image + 1)
    return NotFinite(layer: try firstNotFinite(single.images), image: image, of: images)
  }

  enum Continuation {
    case goOn
    case stop
  }

  /// Without recording gradients; `body` gets each batch and the position of its first image.
  static func forEachBatch(
    of images: LabelledImages, atMost most: Int = mostImages, _ body: (Batch, Int) throws -> Continuation
  ) throws {
    try withoutGradients {
      let batchSize = batchSize(images, atMost: most)
      for start in stride(from: 0, to: images.count, by: batchSize) {
        let batch = try images.batch(at: start..<min(start + batchSize, images.count))
        if try body(batch, start) == .stop { return }
      }
    }
  }

  /// Enough images to keep the cores busy, and few enough for memory.
  private static func batchSize(_ images: LabelledImages, atMost most: Int = mostImages) -> Int {
    max(1, min(most, mostPixels / images.pixelsPerImage))
  }

  /// Images whose label has one of the five greatest scores; of equal scores the earlier class counts as greater.
  package static func correctTop5(_ scores: [Float], _ labels: [Int64]) -> Int {
    let classCount = scores.count / labels.count
    return labels.indices.count { image in
      let row = scores[image * classCount..<(image + 1) * classCount]
      let place = row.startIndex + Int(labels[image])
      let better = row.indices.count { row[$0] > row[place] || (row[$0] == row[place] && $0 < place) }
      return !row[place].isNaN && better < 5
    }
  }
}
