import Core
import Datasets
import Evaluation
import Foundation
import Networks
import Quantization
import Testing
import Training

@Suite struct SensitivityEstimateTests {
  private func quantized(
    _ graph: Graph, on images: LabelledImages, correction: PostTrainingRecipe? = nil
  ) throws -> QuantizedNetwork {
    let float = try FloatNetwork(graph)
    let calibration = try ActivationCalibration(of: float, on: images, by: ActivationRule(clipping: .maximum))
    let scheme = QuantizationScheme(
      network: float, calibration: calibration, granularity: .perChannel, weightClipping: .maximum)
    return try QuantizedNetwork(
      float, scheme: scheme,
      correction: try correction.map {
        try PostTrainingQuantization(float, on: images, recipe: $0, granularity: .perChannel)
      })
  }

  private func bits(_ bits: Int) throws -> BitWidth { try #require(BitWidth(bits)) }

  /// Two classes from two numbers: scores W x + b.
  private struct Linear {
    static let weights: [[Double]] = [[1, 0.4], [-0.3, 0.8]]
    static let biases = [0.1, -0.2]
    static let inputs: [[Double]] = [[1, 0.25], [0.625, 1], [0.125, 0.75]]

    static var graph: Graph {
      var builder = GraphBuilder(name: "linear", inputShape: TensorShape(channels: 2, height: 1, width: 1))
      builder.classifier(classes: 2)
      var graph = builder.build()
      graph.weights["classifier"] = LayerWeights(
        weight: weights.flatMap { $0.map(Float.init) }, bias: biases.map(Float.init))
      return graph
    }

    static var images: LabelledImages {
      LabelledImages(
        channels: 2, height: 1, width: 1, classCount: 2,
        content: .floats(inputs.flatMap { $0.map(Float.init) }), labels: [0, 1, 0])
    }

    static func product(_ row: [Double], _ input: [Double]) -> Double {
      row[0] * input[0] + row[1] * input[1]
    }

    static func scores(_ input: [Double]) -> [Double] {
      [product(weights[0], input) + biases[0], product(weights[1], input) + biases[1]]
    }

    static func probabilities(_ scores: [Double]) -> [Double] {
      let powers: [Double] = scores.map { exp($0) }
      let sum = powers[0] + powers[1]
      return [powers[0] / sum, powers[1] / sum]
    }

    /// The mean over the inputs of p0 p1 (d0 - d1)^2 / 2, with d what `change` makes of the scores.
    static func increase(_ change: ([Double]) -> [Double]) -> Double {
      var sum = 0.0
      for input in inputs {
        let p = probabilities(scores(input))
        let d = change(input)
        sum += p[0] * p[1] * (d[0] - d[1]) * (d[0] - d[1]) / 2
      }
      return sum / Double(inputs.count)
    }
  }

  @Test("of a linear network of two classes: p0 p1 (d0 - d1)^2 / 2, with d the change of the scores")
  func weightsByHand() throws {
    // 2 bits are -1, 0 and 1 times the largest of a row: (1, 0.4) becomes (1, 0), and (-0.3, 0.8) becomes (0, 0.8).
    let errors: [[Double]] = [[0, -0.4], [0.3, 0]]
    let expected = Linear.increase { input in errors.map { Linear.product($0, input) } }
    let network = try quantized(Linear.graph, on: Linear.images)
    let narrowing = Narrowing(layers: [0], operand: .weight, width: try bits(2))
    // From floats, which have no error of their own.
    let found = try #require(
      try network.estimatedIncreases(
        of: [narrowing], from: Policy([Precision(weight: .float, activation: .float)]), on: Linear.images))
    #expect(found.count == 1 && abs(found[0] - expected) < 1e-5 * expected, "\(found), \(expected)")

    // From 3 bits (-3 to 3 times a third): (1, 1/3) and (-0.8/3, 0.8), whose own estimate is subtracted.
    let wide: [[Double]] = [[0, 1.0 / 3 - 0.4], [0.3 - 0.8 / 3, 0]]
    let less = Linear.increase { input in wide.map { Linear.product($0, input) } }
    let above = try #require(
      try network.estimatedIncreases(
        of: [narrowing], from: Policy([Precision(weight: bits(3), activation: .float)]), on: Linear.images))
    #expect(abs(above[0] - (expected - less)) < 1e-5 * expected)
  }

  @Test("of its activations likewise")
  func activationsByHand() throws {
    // 2 bits are 0, 1/3, 2/3 and 1, the largest input.
    let network = try quantized(Linear.graph, on: Linear.images)
    let expected = Linear.increase { input in
      let errors: [Double] = input.map { ($0 * 3).rounded(.toNearestOrEven) / 3 - $0 }
      return Linear.weights.map { Linear.product($0, errors) }
    }
    let found = try #require(
      try network.estimatedIncreases(
        of: [Narrowing(layers: [0], operand: .activation, width: bits(2))],
        from: Policy([Precision(weight: .float, activation: .float)]), on: Linear.images))
    #expect(abs(found[0] - expected) < 1e-5 * expected, "\(found), \(expected)")
  }

  @Test("small errors: the divergence itself, whose closed form is sum p log(p / q)")
  func smallErrors() throws {
    let network = try quantized(Linear.graph, on: Linear.images)
    let policy = Policy([Precision(weight: .float, activation: .float)])
    for operand in Narrowing.Operand.allCases {
      var narrowed = policy
      if operand == .weight { narrowed[0].weight = try bits(8) } else { narrowed[0].activation = try bits(8) }
      let reference = try FloatNetwork(Linear.graph).referenceOutputs(on: Linear.images)
      let exact = try #require(
        try network.measure(narrowed, on: Linear.images, .init(against: reference)).figures?.divergence)
      let found = try #require(
        try network.estimatedIncreases(
          of: [Narrowing(layers: [0], operand: operand, width: bits(8))], from: policy, on: Linear.images))
      #expect(abs(found[0] - exact) < 0.02 * exact + 1e-9, "\(operand): \(found[0]), \(exact)")
    }
  }

  @Test("estimates of a network of five layers have nearly the order of the measured divergences")
  func order() throws {
    let graph = try Graph.residual.withWeights(seed: 3)
    let images = LabelledImages.brightness(count: 90)
    let network = try quantized(graph, on: images)
    let wide = Policy.uniform(.eight, layerCount: 5)
    let reference = try FloatNetwork(graph).referenceOutputs(on: images)
    func divergence(_ policy: Policy) throws -> Double {
      try #require(try network.measure(policy, on: images, .init(against: reference)).figures?.divergence)
    }
    var narrowings: [Narrowing] = []
    var measured: [Double] = []
    for layer in 0..<5 {
      for operand in Narrowing.Operand.allCases {
        for width in try [3, 4, 5].map(bits) {
          var policy = wide
          if operand == .weight { policy[layer].weight = width } else { policy[layer].activation = width }
          narrowings.append(Narrowing(layers: [layer], operand: operand, width: width))
          measured.append(try divergence(policy) - divergence(wide))
        }
      }
    }
    let estimated = try #require(
      try network.estimatedIncreases(of: narrowings, from: wide, on: images))
    #expect(Self.rankCorrelation(estimated, measured) > 0.8)
    #expect(
      try network.estimatedIncreases(of: narrowings, from: wide, on: images) == estimated, "the same twice")
  }

  private static func rankCorrelation(_ one: [Double], _ other: [Double]) -> Double {
    func ranks(_ values: [Double]) -> [Double] {
      var ranks = Array(repeating: 0.0, count: values.count)
      for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
        ranks[index] = Double(rank)
      }
      return ranks
    }
    let count = Double(one.count)
    let squares = zip(ranks(one), ranks(other)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    // Spearman, without equal values.
    return 1 - 6 * squares / (count * (count * count - 1))
  }

  @Test("layers with one activation width change the scores together")
  func tied() throws {
    // What the errors of two layers do to the scores adds up before squaring.
    var builder = GraphBuilder(name: "tied", inputShape: TensorShape(channels: 1, height: 6, width: 6))
    builder.convolution("stem", outputs: 4, kernel: 3)
    builder.relu()
    let common = builder.value
    builder.convolution("left", outputs: 4)
    builder.add("sum", common)
    builder.classifier(classes: 3)
    let graph = try builder.build().withWeights(seed: 5)
    let images = LabelledImages.brightness(count: 30)
    let network = try quantized(graph, on: images)
    let wide = Policy.uniform(.eight, layerCount: 3)
    let alone = try #require(
      try network.estimatedIncreases(
        of: [1, 2].map { Narrowing(layers: [$0], operand: .activation, width: try bits(3)) }, from: wide,
        on: images))
    let together = try #require(
      try network.estimatedIncreases(
        of: [Narrowing(layers: [1, 2], operand: .activation, width: bits(3))], from: wide, on: images))
    // |a + b| is at most |a| + |b|, for root mean squares too; equal only for errors in proportion.
    let roots = alone.map { $0.squareRoot() }
    #expect(together[0] > 0 && together[0].squareRoot() < (roots[0] + roots[1]) * 1.01)
    #expect(together[0].squareRoot() > abs(roots[0] - roots[1]) * 0.99)
    #expect(abs(together[0] - (alone[0] + alone[1])) > 1e-4 * together[0])
  }

  @Test("where weights are corrected under each policy there is no estimate")
  func corrected() throws {
    let network = try quantized(Linear.graph, on: Linear.images, correction: .fast)
    #expect(
      try network.estimatedIncreases(
        of: [Narrowing(layers: [0], operand: .weight, width: bits(4))],
        from: Policy([.eight]), on: Linear.images) == nil)
  }
}
