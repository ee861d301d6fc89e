import Core
import Documents
import Evaluation
import PrecisionSearch

/// What a search found: report.json, and the output of `haq search` in both formats.
struct SearchReport: Encodable {
  var network: NetworkStamp
  /// The first target; costs without a target's name are of this one.
  var target: TargetStamp
  /// All targets, when there are several.
  var targets: [TargetStamp]
  var data: String
  var method: SearchMethodOptions.Method
  var seed: UInt64
  /// Each limit, and what the searched policy needs of it.
  var budgets: [BudgetPart] { budgetParts() }
  /// What was minimised; absent when the accuracy was maximised.
  var minimized: MinimizedPart?
  /// Distinct or repeated policies measured.
  var episodes: Int
  /// What was spent: policies measured, and sensitivity measurements by their images.
  var evaluations: Int
  var probes: SearchResult.SensitivityMeasurements
  var ending: SearchResult.Ending
  var float: Float
  var searched: Contender
  /// Absent after Ctrl-C, like all comparisons.
  var bestUniform: Contender?
  var eightBit: Contender?
  var uniformCandidates: [Contender] = []
  /// Absent unless the search was for size.
  var deepCompression: DeepCompressionPart?
  /// PACT at uniform 4, 5 and 6 bit, within the budgets or not; empty without --pact.
  var uniformPACT: [Contender] = []
  /// Questions on which the evaluator failed again and again, and which therefore have no answer.
  var failures: [FailedPart]?
  /// Nil for an evaluator with quantizers of its own.
  var quantization: QuantizationStamp?
  var layers: [LayerPart] { layerParts() }

  /// A policy that could not be measured.
  struct FailedPart: Encodable {
    /// Such as `W8A8 W4A6 W8A8`.
    var policy: String
    var split: Split
    var reason: String
  }

  /// The unquantized network.
  struct Float: Encodable {
    var validation: EvaluationResult.Figures?
    var test: EvaluationResult.Figures?
  }

  /// One policy of the comparison.
  struct Contender: Encodable {
    var policy: Policy
    /// The one precision of a uniform policy.
    var precision: Precision?
    /// On the first target, by metric.
    var cost: [Metric: Double]
    var validation: EvaluationResult
    /// What fine-tuning led to on the validation split, where the policy is better, and measured, as calibrated.
    var discardedFineTuning: EvaluationResult?
    var test: EvaluationResult?

    init(_ measured: MeasuredPolicy, in space: SearchSpace, precision: Precision? = nil) {
      policy = measured.policy
      self.precision = precision
      cost = space.table.aggregates.keys.reduce(into: [:]) { costs, metric in
        costs[metric] = try? space.table.total(metric, of: measured.policy)
      }
      validation = measured.result
      discardedFineTuning = measured.discardedFineTuning
    }

    private enum CodingKeys: String, CodingKey {
      case precision, cost, validation, test
      case discardedFineTuning = "discarded_finetuning"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(precision?.description, forKey: .precision)
      try container.encode(cost, forKey: .cost)
      try container.encode(validation, forKey: .validation)
      try container.encodeIfPresent(discardedFineTuning, forKey: .discardedFineTuning)
      try container.encodeIfPresent(test, forKey: .test)
    }
  }

  /// One width for convolutions and one for fully connected layers: the best such policy within the budgets.
  struct DeepCompressionPart: Encodable {
    var convolutions: BitWidth
    var fullyConnected: BitWidth
    var contender: Contender

    init(_ entry: DeepCompression.Entry, in space: SearchSpace) {
      convolutions = entry.candidate.convolutions
      fullyConnected = entry.candidate.fullyConnected
      contender = Contender(entry.measured, in: space)
    }

    private enum CodingKeys: String, CodingKey {
      case convolution_weight_bits, fully_connected_weight_bits
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(convolutions, forKey: .convolution_weight_bits)
      try container.encode(fullyConnected, forKey: .fully_connected_weight_bits)
      try contender.encode(to: encoder)
    }
  }

  /// One layer under the searched policy.
  struct LayerPart: Encodable {
    var name: String
    var kind: Layer.Kind
    var weight_bits: BitWidth
    var activation_bits: BitWidth
    /// What the first target charges these widths as; absent where that is what was asked for.
    var charged_as: String?
    /// On the first target, by metric.
    var cost: [Metric: Double]
    /// At 8-bit weights and activations; absent when the target cannot run that.
    var eight_bit_cost: [Metric: Double]?
    var bound: Breakdown.Bound?
  }

  /// One limit, in the metric's SI unit.
  struct BudgetPart: Encodable {
    var target: String
    var metric: Metric
    var limit: Double
    var least_reachable: Double
    var uniform_8_bit: Double?
    /// Absent when the target failed after the search, which is an error of its own.
    var searched: Double?
  }

  /// What `--accuracy-drop` minimised.
  struct MinimizedPart: Encodable {
    var metric: Metric
    /// Percentage points of validation accuracy that might be lost.
    var accuracy_drop: Double
  }

  let problem: SearchProblem
  var table: CostTable { problem.space.table }

  private enum CodingKeys: String, CodingKey {
    case network, target, targets, data, method, seed, budgets, minimized, episodes, evaluations, probes,
      ending, float, searched
    case bestUniform = "best_uniform"
    case eightBit = "uniform_8_bit"
    case uniformCandidates = "uniform_candidates"
    case deepCompression = "deep_compression"
    case uniformPACT = "uniform_pact"
    case failures
    case quantization
    case layers
  }

  /// - Precondition: the search found a policy.
  init(
    problem: SearchProblem, evaluator: EvaluatorDescription, method: SearchMethodOptions,
    search: SearchResult
  ) {
    guard let best = search.best else { preconditionFailure("a search runs at least one episode") }
    self.problem = problem
    let space = problem.space
    network = NetworkStamp(space.table)
    target = TargetStamp(space.table)
    targets = space.tables.count > 1 ? space.tables.map(TargetStamp.init) : []
    data = evaluator.data
    self.method = method.method
    seed = method.seed
    if case .cost(let resource, let drop) = problem.objective {
      minimized = MinimizedPart(metric: resource.metric, accuracy_drop: drop * 100)
    }
    episodes = search.episodes.count
    evaluations = search.evaluations
    probes = search.sensitivityMeasurements
    ending = search.ending
    float = Float(validation: search.reference)
    searched = Contender(best, in: space)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(network, forKey: .network)
    try container.encode(target, forKey: .target)
    if !targets.isEmpty { try container.encode(targets, forKey: .targets) }
    try container.encode(data, forKey: .data)
    try container.encode(method, forKey: .method)
    try container.encode(seed, forKey: .seed)
    try container.encode(budgets, forKey: .budgets)
    try container.encodeIfPresent(minimized, forKey: .minimized)
    try container.encode(episodes, forKey: .episodes)
    try container.encode(evaluations, forKey: .evaluations)
    try container.encode(probes, forKey: .probes)
    try container.encode(ending, forKey: .ending)
    try container.encode(float, forKey: .float)
    try container.encode(searched, forKey: .searched)
    try container.encodeIfPresent(bestUniform, forKey: .bestUniform)
    try container.encodeIfPresent(eightBit, forKey: .eightBit)
    try container.encode(uniformCandidates, forKey: .uniformCandidates)
    try container.encodeIfPresent(deepCompression, forKey: .deepCompression)
    if !uniformPACT.isEmpty { try container.encode(uniformPACT, forKey: .uniformPACT) }
    try container.encodeIfPresent(failures, forKey: .failures)
    try container.encodeIfPresent(quantization, forKey: .quantization)
    try container.encode(layers, forKey: .layers)
  }

  private func budgetParts() -> [BudgetPart] {
    let space = problem.space
    return problem.budgets.map { budget in
      BudgetPart(
        target: space.tables[budget.resource.target].provenance.name, metric: budget.metric,
        limit: budget.limit, least_reachable: budget.minimum, uniform_8_bit: budget.eightBit,
        searched: try? space.total(budget.resource, of: searched.policy))
    }
  }

  private func layerParts() -> [LayerPart] {
    table.network.layers.indices.map { index in
      let precision = searched.policy[index]
      return LayerPart(
        name: table.network.layers[index].name, kind: table.network.layers[index].kind,
        weight_bits: precision.weight, activation_bits: precision.activation,
        charged_as: table.costedAs(precision), cost: table.costs(ofLayer: index, at: precision),
        eight_bit_cost: table.supports(layer: index, at: problem.space.eightBit)
          ? table.costs(ofLayer: index, at: problem.space.eightBit) : nil,
        bound: table.breakdown(layer: index, at: precision)?.bound)
    }
  }
}
