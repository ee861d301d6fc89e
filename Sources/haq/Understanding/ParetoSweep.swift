import Diagnostics
import Evaluation
import HardwareModel
import PrecisionSearch
import Reports

/// One search for each budget, all from the same probes, and every uniform policy.
struct ParetoSweep {
  let space: SearchSpace
  let budgets: [Budgets]
  /// The evaluations are for each budget.
  let options: SearchOptions
  let probeSamples: Int
  let evaluator: EvaluationMemory

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
    let resource = budgets[0].limits[0].resource
    let open = Environment(
      space, budgets: .unlimited(in: space), objective: .cost(resource, drop: 1))
    let (sensitivity, reference) = try probe(open)
    var found = Found(reference: reference)
    let uniform = BestUniform.admitted(by: open)
    let progress = ProgressLine()
    defer { progress.clear() }
    let total = budgets.count * options.evaluations + uniform.count
    var done = 0
    func advance(_ what: String) -> Continuation {
      done += 1
      progress.show("\(what): policy \(done) of \(total)", done: done, of: total)
      return Interrupt.isRequested ? .stop : .next
    }

    for budget in budgets where !Interrupt.isRequested {
      let limit = budget.limits[0]
      let search = Search(
        Environment(space, budgets: budget), method: AutomaticSearch(knowing: sensitivity), options: options)
      let title = Quantity.cost(limit.limit, limit.metric)
      let result = try unwrapping { () throws(SearchFailure) in
        try search.run(evaluator, onEpisode: { _, _ in advance("within \(title)") })
      }
      found.searched.append((limit, result.episodes.map(\.measured)))
    }
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

  private func probe(_ environment: Environment) throws -> (Sensitivity, EvaluationResult) {
    let progress = ProgressLine()
    defer { progress.clear() }
    var options = options
    options.evaluations = Int(Int32.max)
    let search = Search(environment, method: ProbeSearch(samples: probeSamples), options: options)
    let result = try unwrapping { () throws(SearchFailure) in
      try search.run(
        evaluator,
        onProbe: { done, planned in
          progress.show("probing layers: \(done) of \(planned)", done: done, of: planned)
          return Interrupt.isRequested ? .stop : .next
        })
    }
    guard let sensitivity = result.sensitivity, let reference = result.reference else {
      throw Diagnostic("stopped while probing layers, before any policy was measured; nothing was kept.")
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

/// Answers each question once, and remembers.
final class EvaluationMemory: AccuracyEvaluator {
  private let evaluator: any AccuracyEvaluator
  private var known: [EvaluationRequest: EvaluationResult] = [:]

  init(_ evaluator: any AccuracyEvaluator) { self.evaluator = evaluator }

  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    if let result = known[request] { return result }
    let result = try evaluator.evaluate(request)
    known[request] = result
    return result
  }
}
