package import Datasets
package import Evaluation
package import HardwareModel
package import Networks
package import Tensors

/// A graph with weights, run in 32-bit floats: the reference of every quantized network.
package final class FloatNetwork {
  package let graph: Graph
  package let network: Network
  package let parameters: LayerParameters
  private let execution: GraphExecution

  /// Throws `GraphError` unless every layer has weights of its shape.
  package init(_ graph: Graph) throws {
    self.graph = graph
    network = try graph.network()
    parameters = try LayerParameters(of: graph)
    execution = try GraphExecution(graph)
  }

  /// Class scores of a batch of images.
  ///
  /// - Parameter observe: sees the name and the input of each layer before it runs.
  package func scores(of images: Tensor, observe: (String, Tensor) throws -> Void = { _, _ in }) throws
    -> Tensor
  {
    try outputs(of: images, observe: observe)[0]
  }

  /// All that the network gives for a batch, the class scores first.
  package func outputs(
    of images: Tensor, observe: (String, Tensor) throws -> Void = { _, _ in }
  ) throws -> [Tensor] {
    try execution.outputs(of: images) { node, input in
      try observe(node.name, input)
      let values = parameters[node.name]
      return try node.product(input, weight: values.weight, bias: values.bias)
    }
  }

  /// Accuracy and loss on all of `images`.
  package func measure(_ images: LabelledImages) throws -> EvaluationResult {
    try Measurement.measure(images) { try scores(of: $0) }
  }

  /// What quantized networks are compared with on `images`.
  package func referenceOutputs(on images: LabelledImages) throws -> ReferenceOutputs {
    var all: [Float] = []
    try Measurement.forEachBatch(of: images) { batch, _ in
      all += try scores(of: batch.images).values()
    }
    return ReferenceOutputs(scores: all, classCount: images.classCount)
  }
}

/// Accuracy and loss of anything that scores images.
enum Measurement {
  private static let batchSize = 250

  /// - Parameter reference: What to report the divergence from; nil reports none.
  /// - Precondition: there is at least one image, and a reference for each.
  static func measure(
    _ images: LabelledImages, against reference: ReferenceOutputs? = nil,
    scores: (Tensor) throws -> Tensor
  ) throws -> EvaluationResult {
    precondition(images.count > 0 && reference.map { $0.count >= images.count } ?? true)
    var correct = 0
    var lossSum = 0.0
    var divergenceSum = 0.0
    try forEachBatch(of: images) { batch, first in
      let (classes, logits) = (try batch.classes, try scores(batch.images))
      correct += try logits.countCorrect(against: classes)
      lossSum += try logits.crossEntropy(with: classes).scalar() * Double(batch.labels.count)
      if let reference { divergenceSum += reference.divergence(of: try logits.values(), from: first) }
    }
    let count = Double(images.count)
    return EvaluationResult(
      accuracy: Double(correct) / count, loss: lossSum / count, samples: images.count,
      divergence: reference.map { _ in divergenceSum / count })
  }

  /// Without recording gradients; `body` gets each batch and the position of its first image.
  static func forEachBatch(of images: LabelledImages, _ body: (Batch, Int) throws -> Void) throws {
    try withoutGradients {
      for start in stride(from: 0, to: images.count, by: batchSize) {
        try body(images.batch(at: start..<min(start + batchSize, images.count)), start)
      }
    }
  }
}
