public import Core
import Evaluation
public import PrecisionSearch
public import Studies

extension SearchDocument {
  /// The document of a search; its quantization and failures are added by the caller.
  ///
  /// - Parameters:
  ///   - method: The name of the method, and the seed.
  ///   - data: What the evaluator measures on.
  /// - Throws: When a target does not say what a policy costs.
  public init(
    _ outcome: SearchOutcome, of problem: SearchProblem, by method: (name: String, seed: UInt64),
    on data: String
  ) throws(NetworkCostFailure) {
    let (space, found, comparison) = (problem.space, outcome.found, outcome.comparison)
    let policy = outcome.searched.policy
    if case .cost(let resource, let drop) = problem.objective {
      minimized = Minimized(metric: resource.metric, accuracyDrop: drop * 100)
    }
    network = NetworkStamp(space.table)
    target = TargetStamp(space.table)
    targets = space.tables.count > 1 ? space.tables.map(TargetStamp.init) : nil
    self.data = data
    (self.method, seed) = (method.name, method.seed)
    reference = space.reference.stated
    budgets = try problem.budgets.map { budget throws(NetworkCostFailure) in
      try Limit(budget, of: policy, in: space)
    }
    episodes = found.episodes.count
    evaluations = found.evaluations
    sensitivity = SensitivityMeasurements(
      count: found.sensitivityMeasurements.count, images: found.sensitivityMeasurements.images)
    ending = outcome.ending
    float = FloatBaseline(
      validation: comparison?.float.validation ?? found.reference,
      test: comparison?.float.test.withoutCorrectSamples)
    searched = try Contender(outcome.searched, test: comparison?.searched?.test, in: space)
    self.comparison = try comparison.map { comparison throws(NetworkCostFailure) in
      try Comparison(comparison, in: space)
    }
    race = outcome.race.map(Race.init)
    layers = policy.precisions.indices.map { LayerBits($0, under: policy, in: space) }
  }
}

extension SearchDocument.Limit {
  fileprivate init(_ budget: Budget, of policy: Policy, in space: SearchSpace) throws(NetworkCostFailure) {
    try self.init(
      target: space.tables[budget.resource.target].provenance.name, metric: budget.metric,
      limit: budget.limit, leastReachable: budget.minimum, eightBit: budget.referenceCost,
      reference: budget.reference.stated,
      searched: space.total(budget.resource, of: policy))
  }
}

extension SearchDocument.Race {
  fileprivate init(_ outcome: FinalistRace.Outcome) {
    self.init(
      contenders: outcome.contenderCount, finalists: outcome.finalists.count, samples: outcome.samples,
      stopped: outcome.stoppedCount, promoted: outcome.promotedCount, tied: outcome.tiedCount)
  }
}

extension SearchDocument.Failure {
  /// Nil for what did not fail.
  public init?(_ evaluation: RecordedEvaluation) {
    guard let reason = evaluation.result.failure, let policy = evaluation.request.policy else { return nil }
    self.init(
      policy: policy.text, split: evaluation.request.split,
      reason: reason)
  }
}

extension SearchDocument.LayerBits {
  fileprivate init(_ layer: Int, under policy: Policy, in space: SearchSpace) {
    let (table, precision) = (space.table, policy[layer])
    let costedAs = table.costedAs(precision, layer: layer).flatMap { $0 == precision ? nil : $0.description }
    self.init(
      name: table.network.layers[layer].name, kind: table.network.layers[layer].kind,
      weightBits: precision.weight, activationBits: precision.activation,
      outputBits: table.outputWidth(ofLayer: layer, under: policy), costedAs: costedAs,
      cost: table.costs(ofLayer: layer, under: policy),
      eightBitCost: table.supports(layer: layer, at: space.reference)
        ? table.costs(
          ofLayer: layer, at: space.reference,
          output: table.outputWidth(ofLayer: layer, underUniform: space.reference)) : nil,
      bound: table.breakdown(layer: layer, under: policy)?.bound)
  }
}

extension SearchDocument.Contender {
  fileprivate init(
    _ measured: MeasuredPolicy, test: EvaluationResult?, in space: SearchSpace, precision: Precision? = nil
  ) throws(NetworkCostFailure) {
    let cost = try space.table.totals(of: measured.policy)
    let gaps = space.table.networkGaps(of: measured.policy, totals: cost)
    self.init(
      precision: precision?.description, cost: cost, networkGap: gaps.isEmpty ? nil : gaps,
      validation: measured.result.withoutCorrectSamples,
      discardedFineTuning: measured.discardedFineTuning?.withoutCorrectSamples,
      test: test?.withoutCorrectSamples)
  }

  fileprivate init(_ uniform: Comparison.Uniform, in space: SearchSpace) throws(NetworkCostFailure) {
    try self.init(
      uniform.contender.measured, test: uniform.contender.test, in: space, precision: uniform.precision)
  }
}

extension SearchDocument.Comparison {
  fileprivate init(_ comparison: PrecisionSearch.Comparison, in space: SearchSpace) throws(NetworkCostFailure)
  {
    func contender(
      _ uniform: PrecisionSearch.Comparison.Uniform
    ) throws(NetworkCostFailure) -> SearchDocument.Contender {
      try .init(uniform, in: space)
    }
    try self.init(
      bestUniform: comparison.bestUniform.map(contender), eightBit: comparison.reference.map(contender),
      uniformCandidates: comparison.uniformCandidates.map { entry throws(NetworkCostFailure) in
        try .init(entry.measured, test: nil, in: space, precision: entry.precision)
      },
      deepCompression: comparison.deepCompression.map { widths throws(NetworkCostFailure) in
        try .init(widths, in: space)
      },
      pact: comparison.pact.isEmpty ? nil : comparison.pact.map(contender),
      differences: SearchDocument.Difference.all(in: comparison))
  }
}

extension SearchDocument.Difference {
  /// Of every policy from the float network, and of the searched one from the others; nil when none is known.
  fileprivate static func all(in comparison: Comparison) -> [Self]? {
    var tests: [Policy: EvaluationResult.Figures] = [.float: comparison.float.test]
    tests[.searched] = comparison.searched?.test.figures
    tests[.eightBit] = comparison.reference?.contender.test.figures
    tests[.bestUniform] = comparison.bestUniform?.contender.test.figures
    tests[.deepCompression] = comparison.deepCompression?.contender.test.figures
    let others = Policy.allCases.filter { $0 != .float }
    let pairs = others.map { ($0, Policy.float) } + others.filter { $0 != .searched }.map { (.searched, $0) }
    let all = pairs.compactMap { one, other -> Self? in
      guard let first = tests[one], let second = tests[other] else { return nil }
      return PairedDifference(first, less: second).map { Self(one, less: other, $0) }
    }
    return all.isEmpty ? nil : all
  }
}

extension EvaluationResult {
  /// Documents have the differences that follow from them.
  fileprivate var withoutCorrectSamples: EvaluationResult { mapFigures { $0.correctSamples = nil } }
}

extension EvaluationResult.Figures {
  fileprivate var withoutCorrectSamples: Self {
    var figures = self
    figures.correctSamples = nil
    return figures
  }
}

extension SearchDocument.TwoWidths {
  fileprivate init(_ widths: Comparison.TwoWidths, in space: SearchSpace) throws(NetworkCostFailure) {
    let measured = widths.contender.measured
    try self.init(
      convolutionBits: widths.convolutions, fullyConnectedBits: widths.fullyConnected,
      cost: space.table.totals(of: measured.policy), validation: measured.result.withoutCorrectSamples,
      discardedFineTuning: measured.discardedFineTuning?.withoutCorrectSamples,
      test: widths.contender.test.withoutCorrectSamples)
  }
}
