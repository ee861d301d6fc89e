import Evaluation
import HardwareModel
import PrecisionSearch

/// What a search found: report.json, and the output of `haq search` in both formats.
struct SearchReport: Encodable {
  var network: NetworkStamp
  var target: TargetStamp
  var data: String
  var method: SearchMethodOptions.Method
  var seed: UInt64
  var budget_s: Double
  var eight_bit_latency_s: Double?
  /// Distinct or repeated policies measured.
  var episodes: Int
  /// What was spent: policies measured, and probes by their images.
  var evaluations: Int
  var probes: SearchResult.Probes
  var ending: SearchResult.Ending
  var float: Float
  var searched: Contender
  /// Absent after Ctrl-C, like all comparisons.
  var bestUniform: Contender?
  var eightBit: Contender?
  var uniformCandidates: [Contender] = []
  var layers: [LayerPart] { layerParts() }

  /// The unquantized network.
  struct Float: Encodable {
    var validation: EvaluationResult?
    var test: EvaluationResult?
  }

  /// One policy of the comparison.
  struct Contender: Encodable {
    var policy: Policy
    /// The one precision of a uniform policy.
    var precision: Precision?
    var latency_s: Double
    var validation: EvaluationResult
    var test: EvaluationResult?

    init(_ measured: MeasuredPolicy, precision: Precision? = nil) {
      policy = measured.policy
      self.precision = precision
      latency_s = measured.cost
      validation = measured.result
    }

    private enum CodingKeys: String, CodingKey {
      case precision, latency_s, validation, test
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(precision?.description, forKey: .precision)
      try container.encode(latency_s, forKey: .latency_s)
      try container.encode(validation, forKey: .validation)
      try container.encodeIfPresent(test, forKey: .test)
    }
  }

  /// One layer under the searched policy.
  struct LayerPart: Encodable {
    var name: String
    var kind: Layer.Kind
    var weight_bits: BitWidth
    var activation_bits: BitWidth
    var latency_s: Double
    /// At 8-bit weights and activations; absent when the target cannot run that.
    var eight_bit_latency_s: Double?
    var bound: Breakdown.Bound?
  }

  let table: CostTable

  private enum CodingKeys: String, CodingKey {
    case network, target, data, method, seed, budget_s, eight_bit_latency_s, episodes, evaluations, probes,
      ending, float, searched
    case bestUniform = "best_uniform"
    case eightBit = "uniform_8_bit"
    case uniformCandidates = "uniform_candidates"
    case layers
  }

  /// - Precondition: the search found a policy.
  init(
    environment: Environment, evaluator: EvaluatorDescription, method: SearchMethodOptions,
    search: SearchResult
  ) {
    guard let best = search.best else { preconditionFailure("a search runs at least one episode") }
    table = environment.space.table
    network = NetworkStamp(table)
    target = TargetStamp(table)
    data = evaluator.data
    self.method = method.method
    seed = method.seed
    budget_s = environment.budget.limit
    eight_bit_latency_s = environment.budget.eightBit
    episodes = search.episodes.count
    evaluations = search.evaluations
    probes = search.probes
    ending = search.ending
    float = Float(validation: search.reference)
    searched = Contender(best)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(network, forKey: .network)
    try container.encode(target, forKey: .target)
    try container.encode(data, forKey: .data)
    try container.encode(method, forKey: .method)
    try container.encode(seed, forKey: .seed)
    try container.encode(budget_s, forKey: .budget_s)
    try container.encodeIfPresent(eight_bit_latency_s, forKey: .eight_bit_latency_s)
    try container.encode(episodes, forKey: .episodes)
    try container.encode(evaluations, forKey: .evaluations)
    try container.encode(probes, forKey: .probes)
    try container.encode(ending, forKey: .ending)
    try container.encode(float, forKey: .float)
    try container.encode(searched, forKey: .searched)
    try container.encodeIfPresent(bestUniform, forKey: .bestUniform)
    try container.encodeIfPresent(eightBit, forKey: .eightBit)
    try container.encode(uniformCandidates, forKey: .uniformCandidates)
    try container.encode(layers, forKey: .layers)
  }

  private func layerParts() -> [LayerPart] {
    table.network.layers.indices.compactMap { index in
      let precision = searched.policy[index]
      guard let latency = table.cost(.latency, layer: index, at: precision) else { return nil }
      return LayerPart(
        name: table.network.layers[index].name, kind: table.network.layers[index].kind,
        weight_bits: precision.weight, activation_bits: precision.activation, latency_s: latency,
        eight_bit_latency_s: table.cost(.latency, layer: index, at: .eight),
        bound: table.breakdown(layer: index, at: precision)?.bound)
    }
  }
}
