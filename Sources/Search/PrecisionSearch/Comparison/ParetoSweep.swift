public import Core
public import Evaluation

/// One search for each budget, all from the same sensitivities, and every uniform policy.
public struct ParetoSweep: Sendable {
  public let space: SearchSpace
  /// All on one resource.
  public let budgets: [Budget]
  /// The evaluations are for all budgets together, in equal parts.
  public let options: SearchOptions
  public let sensitivitySamples: Int
  public let sensitivitySource: SensitivitySource
  private let uniform: [BestUniform.Candidate]
  /// Every policy of the space.
  private let open: SearchProblem

  /// Throws when the target does not say what the uniform policies cost.
  ///
  /// - Precondition: there is a budget and an evaluation for each, and all were resolved in `space`, on one resource.
  public init(
    _ space: SearchSpace, budgets: [Budget], options: SearchOptions, sensitivitySamples: Int,
    sensitivities: SensitivitySource = .measured
  ) throws(NetworkCostFailure) {
    precondition(Set(budgets.map(\.resource)).count == 1 && options.evaluations >= budgets.count)
    self.space = space
    self.budgets = budgets
    self.options = options
    self.sensitivitySamples = sensitivitySamples
    sensitivitySource = sensitivities
    open = SearchProblem(
      space, budgets: .unlimited(in: space), objective: .cost(budgets[0].resource, drop: 1))
    uniform = try BestUniform.admitted(by: open)
  }

  /// What was measured.
  public struct Result: Sendable {
    /// The unquantized network, on the samples that policies are measured on.
    public var reference: EvaluationResult.Figures
    /// By budget, in the order given; each policy once.
    public var searched: [(budget: Budget, measured: [MeasuredPolicy])] = []
    public var uniform: [BestUniform.Entry] = []
    /// Whether nothing was left out because the caller asked to stop.
    public var isComplete = true

    public init(reference: EvaluationResult.Figures) { self.reference = reference }
  }

  /// What was just done.
  public enum Step {
    case sensitivity(done: Int, planned: Int)
    /// A policy of the search within `budget`, whose result so far is `result`.
    case searched(Budget, SearchProblem, result: SearchResult)
    case uniform(Precision)
  }

  /// Policies that a sweep measures at most.
  public var planned: Int { options.evaluations + uniform.count }

  /// The first budgets have what equal parts leave over.
  package func evaluations(ofBudget index: Int) -> Int {
    options.evaluations / budgets.count + (index < options.evaluations % budgets.count ? 1 : 0)
  }

  /// - Parameter onStep: Called after each measurement; says whether to go on.
  /// - Returns: Nil when it was stopped before any policy was measured.
  /// - Throws: What the evaluator throws.
  public func run(
    _ evaluator: any AccuracyEvaluator, onStep: @escaping (Step) -> Continuation = { _ in .next }
  ) throws -> Result? {
    var isStopped = false
    func step(_ step: Step) -> Continuation {
      let continuation = onStep(step)
      if continuation == .stop { isStopped = true }
      return continuation
    }
    let sensitivities = try unwrapping { () throws(SearchFailure) in
      var options = options
      options.evaluations = Int(Int32.max)
      return try Search(
        open, method: SensitivitySearch(samples: sensitivitySamples, from: sensitivitySource),
        options: options
      )
      .run(evaluator, onSensitivityMeasurement: { step(.sensitivity(done: $0, planned: $1)) })
    }
    guard let sensitivity = sensitivities.sensitivity, let reference = sensitivities.reference else {
      return nil
    }
    var result = Result(reference: reference)
    for (index, budget) in budgets.enumerated() where !isStopped {
      var options = options
      options.evaluations = evaluations(ofBudget: index)
      let problem = SearchProblem(space, budget: budget)
      let found = try unwrapping { () throws(SearchFailure) in
        try Search(problem, method: AutomaticSearch(knowing: sensitivity), options: options)
          .run(evaluator, onEpisode: { step(.searched(budget, problem, result: $1)) })
      }
      result.searched.append((budget, found.episodes.map(\.measured)))
    }
    if !isStopped { evaluator.expect(uniform.map { options.request($0.policy) }, .surely) }
    for candidate in uniform where !isStopped {
      let measured = MeasuredPolicy(
        policy: candidate.policy, cost: candidate.cost,
        result: try evaluator.evaluate(options.request(candidate.policy)))
      result.uniform.append(BestUniform.Entry(precision: candidate.precision, measured: measured))
      _ = step(.uniform(candidate.precision))
    }
    result.isComplete = !isStopped
    return result
  }

  private func unwrapping(_ search: () throws(SearchFailure) -> SearchResult) throws -> SearchResult {
    do {
      return try search()
    } catch {
      throw error.cause
    }
  }
}
