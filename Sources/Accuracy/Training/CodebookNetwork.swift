import CTorch
package import Core
package import Datasets
package import Evaluation
import Networks
package import Quantization
package import Tensors

/// A network whose weights are stored as indices into a codebook of each layer; activations stay in 32-bit floats.
///
/// Per channel, what is clustered are the weights divided by the root of their channel's mean square. The networks of the
/// papers have batch normalisation, which keeps the channels alike; here it is folded into the weights, and one
/// codebook for channels of unlike size would represent few of them.
///
/// Source: Han, Mao, Dally, "Deep Compression", ICLR 2016, section 3; HAQ, section 3.4.
package final class CodebookNetwork: PolicyNetwork {
  private let network: FloatNetwork
  private let execution: GraphExecution
  private let start: KMeansClustering.Start
  private let seed: UInt64
  private let granularity: WeightGranularity
  private var clusterings: [String: KMeansClustering] = [:]
  private var codebooks: [QuantizationScheme.LayerWidth: Codebook] = [:]
  private var weights: [QuantizationScheme.LayerWidth: Tensor] = [:]

  /// Widths that indices can have.
  static let widths = 1...8

  /// - Parameter seed: Of the random start of k-means++.
  package init(
    _ network: FloatNetwork, granularity: WeightGranularity, start: KMeansClustering.Start, seed: UInt64
  ) throws {
    self.network = network
    self.granularity = granularity
    self.start = start
    self.seed = seed
    execution = try GraphExecution(network.graph)
  }

  package func measure(
    _ policy: Policy, on images: LabelledImages, _ questions: Measurement.Questions
  ) throws -> EvaluationResult {
    let books = try codebooks(for: policy)
    var weights: [String: Tensor] = [:]
    for (layer, precision) in zip(network.network.layers, policy.precisions) {
      let key = QuantizationScheme.LayerWidth(layer: layer.name, width: precision.weight)
      if self.weights[key] == nil {
        self.weights[key] = try withoutGradients { try shared(books[layer.name]!, layer).weights() }
      }
      weights[layer.name] = self.weights[key]
    }
    return try Measurement.measure(images, questions) { images in
      try execution.scores(of: images) { node, input in
        try node.product(input, weight: weights[node.name]!, bias: network.parameters[node.name].bias)
      }
    }
  }

  /// Centroids and biases move; every weight keeps its centroid.
  package func beginTraining(_ policy: Policy, clips: ActivationClips) throws -> TrainingSession {
    guard clips == .calibrated else { throw QuantizationError.noClips }
    let books = try codebooks(for: policy)
    let parameters = try network.parameters.copy()
    let layers = network.network.layers.map(\.name)
    let shared = try network.network.layers.reduce(into: [:]) { shared, layer in
      shared[layer.name] = try self.shared(books[layer.name]!, layer)
    }
    func weight(_ layer: String) throws -> Tensor { try shared[layer]!.weights() }
    return TrainingSession(
      name: network.graph.name, weights: layers.map { shared[$0]!.moved },
      others: layers.map { parameters[$0].bias }, clips: [],
      floatScores: { [network] in try network.scores(of: $0) },
      scores: { images in
        try self.execution.scores(of: images) { node, input in
          try node.product(input, weight: weight(node.name), bias: parameters[node.name].bias)
        }
      },
      graph: {
        var graph = self.network.graph
        for name in layers {
          graph.weights[name] = LayerWeights(
            weight: try withoutGradients { try weight(name).values() },
            bias: try parameters[name].bias.values())
        }
        return graph
      })
  }

  /// Throws `QuantizationError` when the policy does not fit the network, or wants what codebooks cannot do.
  private func codebooks(for policy: Policy) throws -> [String: Codebook] {
    let layers = network.network.layers
    guard policy.precisions.count == layers.count else {
      throw QuantizationError.wrongLayerCount(found: policy.precisions.count, expected: layers.count)
    }
    var books: [String: Codebook] = [:]
    for (layer, precision) in zip(layers, policy.precisions) {
      guard precision.weight.isNumberOfBits, Self.widths.contains(precision.weight.bits) else {
        throw QuantizationError.illegalCodebook(layer: layer.name, width: precision.weight)
      }
      guard precision.activation.bits == BitWidth.range.upperBound else {
        throw QuantizationError.floatActivations(layer: layer.name, width: precision.activation)
      }
      books[layer.name] = codebook(of: layer, width: precision.weight)
    }
    return books
  }

  private func weights(of layer: Layer) -> [Float] { network.graph.weights[layer.name]!.weight }

  private func shared(_ book: Codebook, _ layer: Layer) throws -> SharedWeights {
    try SharedWeights(
      book, scales: RowScales(of: weights(of: layer), layer.outputChannels, granularity).scales,
      shape: network.parameters[layer.name].weight.shape)
  }

  private func codebook(of layer: Layer, width: BitWidth) -> Codebook {
    let key = QuantizationScheme.LayerWidth(layer: layer.name, width: width)
    if let known = codebooks[key] { return known }
    let clustering =
      clusterings[layer.name]
      ?? KMeansClustering(RowScales(of: weights(of: layer), layer.outputChannels, granularity).normalized)
    clusterings[layer.name] = clustering
    let book = clustering.codebook(of: 1 << width.bits, from: start, seed: seed)
    codebooks[key] = book
    return book
  }
}

/// The weights of a layer as a function of its centroids.
///
/// A centroid's gradient is the sum of its weights' gradients (Han et al., section 3.3). What moves is each centroid times the
/// square root of the number n of its weights: the centroid's step is then the sum divided by n, and one learning
/// rate suits clusters of all sizes, as where weights move by themselves.
package struct SharedWeights {
  /// Centroids times the square roots of their numbers of weights.
  package let moved: Tensor
  private let factors: Tensor
  private let scales: Tensor
  private let indices: [Int]
  private let shape: [Int]

  /// - Parameters:
  ///   - scales: What the centroids are multiplied by, for each output channel.
  ///   - shape: Of the weights, the output channels first.
  package init(_ codebook: Codebook, scales: [Float], shape: [Int]) throws {
    let roots = codebook.counts.map { Float(max($0, 1)).squareRoot() }
    moved = try Tensor(zip(codebook.centroids, roots).map { $0 * $1 }, shape: [roots.count])
    factors = try Tensor(roots.map { 1 / $0 }, shape: [roots.count])
    self.scales = try Tensor(scales, shape: [scales.count, 1])
    indices = codebook.indices.map(Int.init)
    self.shape = shape
  }

  package func weights() throws -> Tensor {
    try moved.combined(with: factors, CTORCH_MULTIPLY).selected(axis: 0, indices: indices)
      .reshaped(to: [shape[0], indices.count / shape[0]]).combined(with: scales, CTORCH_MULTIPLY)
      .reshaped(to: shape)
  }
}
