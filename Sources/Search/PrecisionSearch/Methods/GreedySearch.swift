import Core

/// Measures the sensitivity of every layer, then takes bits where the least sensitivity is lost for the cost saved, step by step.
public struct GreedySearch: SearchMethod {
  public var sensitivitySamples: Int?
  public var sensitivitySource: SensitivitySource

  public init(sensitivitySamples: Int? = nil, from source: SensitivitySource = .measured) {
    self.sensitivitySamples = sensitivitySamples
    sensitivitySource = source
  }

  public func leastEvaluations(in problem: SearchProblem, options: SearchOptions) -> Int {
    plan(problem).leastEvaluations(options)
  }

  private func plan(_ problem: SearchProblem) -> SensitivityPlan {
    SensitivityPlan(problem, sensitivitySamples: sensitivitySamples, from: sensitivitySource)
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let sensitivity = try plan(log.problem).run(log)
    let policy = try SearchLog.End.unless { () throws(NetworkCostFailure) in
      try Self.policy(log.problem, sensitivity)
    }
    _ = try log.measure(policy, from: .greedy)
  }

  /// From the widest precisions down, until all budgets hold.
  static func policy(
    _ problem: SearchProblem, _ sensitivity: Sensitivity
  ) throws(NetworkCostFailure) -> Policy {
    let (space, budgets) = (problem.space, problem.budgets)
    var policy = space.widest
    while true {
      let (kept, exceeded) = try budgets.kept(by: policy, in: space)
      if exceeded.isEmpty { return policy }
      let steps = problem.layers.flatMap { layer in
        space.precisions(ofLayer: layer).compactMap { precision -> Step? in
          let next = space.setting(layer, to: precision, in: policy)
          // Of each exceeded limit, as a share of it, so that seconds and bytes can be added.
          let saved = exceeded.reduce(0) { $0 + space.saved($1.resource, from: policy, to: next) / $1.limit }
          guard saved > 0 else { return nil }
          return Step(
            policy: next, lostPerSaved: sensitivity.increase(from: policy, to: next, problem) / saved)
        }
      }.sorted { $0.lostPerSaved < $1.lostPerSaved }
      // Where costs rise as bits fall, one limit may bar the way to another.
      guard let best = try first(of: steps, keeping: kept, in: space) else {
        return try BudgetSweep(space, budgets: budgets).lowered(policy)
      }
      policy = best.policy
    }
  }

  private static func first(
    of steps: [Step], keeping kept: [Budget], in space: SearchSpace
  ) throws(NetworkCostFailure) -> Step? {
    for step in steps where try kept.allAdmit(step.policy, in: space) { return step }
    return nil
  }

  private struct Step {
    var policy: Policy
    var lostPerSaved: Double
  }
}

extension SearchSpace {
  /// How much less the layers that differ cost, and those whose outputs they read, added: of a network as a whole too,
  /// where most single steps save nothing by themselves.
  fileprivate func saved(_ resource: Resource, from policy: Policy, to next: Policy) -> Double {
    outputs.layersAffected(between: policy, next).reduce(0) { sum, layer in
      sum + cost(resource, layer: layer, under: policy) - cost(resource, layer: layer, under: next)
    }
  }
}

extension Sensitivity {
  /// How much the layers that differ add, in nats.
  fileprivate func increase(from policy: Policy, to next: Policy, _ problem: SearchProblem) -> Double {
    problem.layers.reduce(0) { sum, layer in
      guard policy[layer] != next[layer] else { return sum }
      return sum + increase(layer: layer, at: next[layer]) - increase(layer: layer, at: policy[layer])
    }
  }
}

extension BudgetSet {
  /// The budgets that `policy` keeps, and those that it exceeds.
  fileprivate func kept(
    by policy: Policy, in space: SearchSpace
  ) throws(NetworkCostFailure) -> (kept: [Budget], exceeded: [Budget]) {
    var (kept, exceeded): ([Budget], [Budget]) = ([], [])
    for budget in self {
      if try budget.admits(policy, in: space) { kept.append(budget) } else { exceeded.append(budget) }
    }
    return (kept, exceeded)
  }
}

extension [Budget] {
  fileprivate func allAdmit(_ policy: Policy, in space: SearchSpace) throws(NetworkCostFailure) -> Bool {
    for budget in self {
      guard try budget.admits(policy, in: space) else { return false }
    }
    return true
  }
}
