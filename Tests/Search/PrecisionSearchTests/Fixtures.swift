import Core
import Evaluation
import PrecisionSearch
import Testing

/// A cost model from a function of the layer's position and precision; nil is unsupported.
struct FormulaModel: CostModel {
  var latency: @Sendable (Int, Precision) -> Double?

  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      latency(point.layer, point.precision).map { .cost(Cost(values: [.latency: $0])) } ?? .unsupported
    }
  }
}

/// A cost model of several metrics, each from a function of the layer's position and precision.
struct MetricsModel: CostModel {
  var costs: [Metric: @Sendable (Int, Precision) -> Double]

  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      .cost(Cost(values: costs.mapValues { $0(point.layer, point.precision) }))
    }
  }
}

/// An evaluator from a function of the policy, which remembers what it was asked.
final class FormulaEvaluator: AccuracyEvaluator {
  private(set) var requests: [EvaluationRequest] = []
  private let accuracy: (EvaluationRequest) throws -> Double
  private let divergence: ((EvaluationRequest) -> Double)?
  /// What it estimates of narrowings; nil estimates nothing.
  var estimate: ((Narrowing) -> Double)?
  /// Of every request that does not say how many samples it wants.
  private let samples: Int

  init(
    samples: Int = 1, divergence: ((EvaluationRequest) -> Double)? = nil,
    accuracy: @escaping (EvaluationRequest) throws -> Double
  ) {
    self.samples = samples
    self.divergence = divergence
    self.accuracy = accuracy
  }

  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    requests.append(request)
    let result = EvaluationResult(
      accuracy: try accuracy(request), loss: 0, samples: request.samples ?? samples,
      divergence: request.policy == nil ? nil : divergence?(request))
    guard let narrowings = request.narrowings, let estimate else { return result }
    return result.mapFigures { $0.estimatedIncreases = narrowings.map(estimate) }
  }
}

enum Fixture {
  static func widths(_ bits: Int...) -> [BitWidth] { bits.map { BitWidth($0)! } }

  static func precision(_ weight: Int, _ activation: Int) -> Precision {
    Precision(weight: BitWidth(weight)!, activation: BitWidth(activation)!)
  }

  static func network(layers: Int) -> Network {
    Network(
      name: "fixture",
      layers: (0..<layers).map {
        Layer(name: "layer\($0)", kind: .convolution, inputChannels: $0 + 1, outputChannels: $0 + 2)
      })
  }

  static func table(
    layers: Int, widths: [BitWidth] = BitWidth.all(from: BitWidth(1)!, through: .eight),
    rules: WidthRules = WidthRules(), aggregate: Metric.Aggregate = .sum,
    latency: @escaping @Sendable (Int, Precision) -> Double?
  ) throws -> CostTable {
    try table(
      network(layers: layers), widths: widths, rules: rules, aggregate: aggregate, latency: latency)
  }

  static func table(
    _ network: Network, widths: [BitWidth] = BitWidth.all(from: BitWidth(1)!, through: .eight),
    rules: WidthRules = WidthRules(), aggregate: Metric.Aggregate = .sum,
    latency: @escaping @Sendable (Int, Precision) -> Double?
  ) throws -> CostTable {
    try CostTable(
      of: network, from: FormulaModel(latency: latency), weightWidths: widths,
      activationWidths: widths, widthRules: rules, aggregates: [.latency: aggregate],
      provenance: .withoutHardware("fixture"))
  }

  static func table(
    layers: Int, widths: [BitWidth], aggregates: [Metric: Metric.Aggregate] = [:],
    costs: [Metric: @Sendable (Int, Precision) -> Double], target: String = "fixture"
  ) throws -> CostTable {
    try CostTable(
      of: network(layers: layers), from: MetricsModel(costs: costs), weightWidths: widths,
      activationWidths: widths,
      aggregates: costs.keys.reduce(into: [:]) { $0[$1] = aggregates[$1] ?? .sum },
      provenance: .withoutHardware(target))
  }

  /// Every policy of a space, for brute force; tied widths are not looked at.
  static func policies(of space: SearchSpace) -> [Policy] {
    (0..<space.layerCount).reduce([Policy([])]) { policies, layer in
      policies.flatMap { policy in
        space.precisions(ofLayer: layer).map { Policy(policy.precisions + [$0]) }
      }
    }
  }

  /// A made-up cost of cell (layer, W, A) that is neither monotonic nor regular, in 1...97.
  static func irregular(_ seed: Int) -> @Sendable (Int, Precision) -> Double {
    { layer, precision in
      let mixed = (seed * 31 + layer * 17 + precision.weight.bits * 7 + precision.activation.bits * 13)
      return Double(mixed * mixed % 97 + 1)
    }
  }
}

/// Checks that a call throws exactly this error.
func expectError<T>(
  _ expected: PrecisionSearchError, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws(PrecisionSearchError) -> T
) {
  do {
    _ = try body()
    Issue.record("no error", sourceLocation: sourceLocation)
  } catch {
    #expect(error == expected, sourceLocation: sourceLocation)
  }
}

extension MeasuredPolicy {
  /// Of a policy that was measured.
  var accuracy: Double { result.figures!.accuracy }
}

extension EvaluationResult {
  var isStopped: Bool { if case .stopped = self { true } else { false } }
}
