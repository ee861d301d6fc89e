import Core
import Diagnostics
import Evaluation
import PrecisionSearch
import Rendering

/// One search for each budget, all from the same sensitivities, and every uniform policy.
struct ParetoSweep {
  let space: SearchSpace
  let budgets: [BudgetSet]
  /// The evaluations are for each budget.
  let options: SearchOptions
  let sensitivitySamples: Int
  let evaluator: EvaluatorPool
  let progress: SearchProgress

  /// What was measured.
  struct Found {
    var reference: EvaluationResult
    /// By budget, in the order given; each policy once.
    var searched: [(budget: Budget, measured: [MeasuredPolicy])] = []
    var uniform: [BestUniform.Entry] = []
    /// Whether nothing was left out by Ctrl-C.
    var isComplete = true
  }

  /// Throws what an evaluation throws, and a `Diagnostic` after Ctrl-C before any policy was measured.
  func run() throws -> Found {
    let resource = budgets[0][0].resource
    let open = SearchProblem(
      space, budgets: .unlimited(in: space), objective: .cost(resource, drop: 1))
    let (sensitivity, reference) = try measureSensitivity(open)
    var found = Found(reference: reference)
    let uniform = BestUniform.admitted(by: open)
    let total = budgets.count * options.evaluations + uniform.count
    var done = 0
    func advance(_ what: String) -> Continuation {
      done += 1
      progress.show(
        .init("searching", done: done, of: total, "policies, \(what)"), "\(what): policy \(done) of \(total)")
      return Interrupt.isRequested ? .stop : .next
    }

    for budget in budgets where !Interrupt.isRequested {
      let limit = budget[0]
      let problem = SearchProblem(space, budgets: budget)
      let search = Search(
        problem, method: AutomaticSearch(knowing: sensitivity), options: options)
      let title = Quantity.cost(limit.limit, limit.metric)
      let result = try unwrapping { () throws(SearchFailure) in
        try search.run(
          evaluator,
          onEpisode: { _, result in
            defer { progress.note(result, problem) }
            return advance("within \(title)")
          })
      }
      found.searched.append((limit, result.episodes.map(\.measured)))
    }
    evaluator.expect(uniform.map { options.request($0.policy) }, .surely)
    for candidate in uniform where !Interrupt.isRequested {
      let measured = MeasuredPolicy(
        policy: candidate.policy, cost: candidate.cost,
        result: try evaluator.evaluate(options.request(candidate.policy)))
      found.uniform.append(BestUniform.Entry(precision: candidate.precision, measured: measured))
      _ = advance("uniform \(candidate.precision)")
    }
    found.isComplete = !Interrupt.isRequested
    return found
  }

  private func measureSensitivity(_ problem: SearchProblem) throws -> (Sensitivity, EvaluationResult) {
    var options = options
    options.evaluations = Int(Int32.max)
    let search = Search(problem, method: SensitivitySearch(samples: sensitivitySamples), options: options)
    let result = try unwrapping { () throws(SearchFailure) in
      try search.run(
        evaluator,
        onSensitivityMeasurement: { done, planned in
          progress.show(
            .init("measuring", done: done, of: planned, "sensitivities"),
            "measuring sensitivities: \(done) of \(planned)")
          return Interrupt.isRequested ? .stop : .next
        })
    }
    guard let sensitivity = result.sensitivity, let reference = result.reference else {
      throw Diagnostic(
        "stopped while measuring sensitivities, before any policy was measured; nothing was kept.")
    }
    return (sensitivity, reference)
  }

  private func unwrapping(_ search: () throws(SearchFailure) -> SearchResult) throws -> SearchResult {
    do {
      return try search()
    } catch {
      throw error.cause
    }
  }
}
