package import Core
package import Datasets
package import Evaluation
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

  /// Class scores of a batch of images, before a softmax or sigmoid that the network ends in.
  ///
  /// - Parameter observe: sees the name and the input of each layer before it runs.
  package func scores(of images: Tensor, observe: (String, Tensor) throws -> Void = { _, _ in }) throws
    -> Tensor
  {
    try execution.scores(
      of: images,
      fusing: { call in
        try observe(call.node.name, call.input)
        let values = parameters[call.node.name]
        return LayerCall.Result(
          value: try call.node.product(
            call.input, weight: values.weight, bias: values.bias, finish: Finish(clamp: call.clamp)),
          isClamped: call.clamp != nil)
      })
  }

  /// All that the network gives for a batch, as it gives it.
  package func outputs(
    of images: Tensor, observe: (String, Tensor) throws -> Void = { _, _ in }
  ) throws -> [Tensor] {
    try execution.outputs(of: images) { try product(of: $0, $1, observe) }
  }

  private func product(
    of node: Node, _ input: Tensor, _ observe: (String, Tensor) throws -> Void
  ) throws -> Tensor {
    try observe(node.name, input)
    let values = parameters[node.name]
    return try node.product(input, weight: values.weight, bias: values.bias)
  }

  /// Accuracy and loss on all of `images`.
  package func measure(_ images: LabelledImages, _ questions: Measurement.Questions = .init()) throws
    -> EvaluationResult
  {
    try Measurement.measure(images, questions, firstNotFinite: firstLayerReadingNotFinite) {
      try scores(of: $0)
    }
  }

  /// The first layer that reads a number that is infinite or not a number; nil where none does.
  func firstLayerReadingNotFinite(of images: Tensor) throws -> String? {
    try execution.firstLayerReadingNotFinite(of: images) { try product(of: $0, $1) { _, _ in } }
  }

  /// What quantized networks are compared with on `images`.
  package func referenceOutputs(on images: LabelledImages) throws -> ReferenceOutputs {
    var all: [Float] = []
    try Measurement.forEachBatch(of: images) { batch, _ in
      all += try scores(of: batch.images).values()
      return .goOn
    }
    return ReferenceOutputs(scores: all, classCount: all.count / images.count)
  }
}
