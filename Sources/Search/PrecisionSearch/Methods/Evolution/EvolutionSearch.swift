import Core
import Evaluation
import RandomNumbers

/// NSGA-II over policies within the budgets, for accuracy and cost at once: a Pareto front in one run.
///
/// Deb et al., IEEE Transactions on Evolutionary Computation 2002. Parents win binary tournaments by rank and crowding
/// distance; each layer of a child comes from one of two parents, and some of its widths move one step. Children
/// beyond the budgets are lowered as HAQ does.
public struct EvolutionSearch: SearchMethod {
  /// Policies of a generation; nil takes twice the square root of the evaluations, 8 to 40.
  public var population: Int?

  /// Changes in a row that lead to policies already known before a random policy is taken instead.
  private static let patience = 20

  /// - Precondition: `population` is at least 2.
  public init(population: Int? = nil) {
    precondition(population.map { $0 >= 2 } ?? true)
    self.population = population
  }

  public var stateFormat: String? { State.format }

  private struct State: MethodState {
    static let format = "evolution/1"
    var generator: RandomSource
    var parents: [MeasuredPolicy]
    /// The next one to breed, from 1.
    var generation: Int

    func isPossible(_ problem: SearchProblem, after episodes: Int) -> Bool {
      (1...episodes + 1).contains(generation) && parents.allSatisfy { problem.space.contains($0.policy) }
    }
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let size = population ?? min(max(Int(2 * Double(log.options.evaluations).squareRoot()), 8), 40)
    let kept = try log.resumed(as: State.self)
    var state = if let kept { kept } else { try begin(size, log) }
    while true {
      try log.keep { state }
      let ranked = Self.ranked(state.parents)
      // All evaluations of the first generation failed.
      guard !ranked.isEmpty else { return }
      let bred = try children(of: ranked, size, log, &state.generator)
      let children = try measure(bred, state.generation, log)
      guard bred.count == size else { return }
      state.parents = Array(Self.ranked(state.parents + children).prefix(size)).map(\.measured)
      state.generation += 1
    }
  }

  private func begin(_ size: Int, _ log: SearchLog) throws(SearchLog.End) -> State {
    var generator = RandomSource(seed: log.options.seed)
    let parents = try first(size, log, &generator)
    return State(generator: generator, parents: parents, generation: 1)
  }

  /// Uniform policies, and random ones lowered to costs all over the budget, so that there is a front from the start.
  private func first(
    _ size: Int, _ log: SearchLog, _ generator: inout RandomSource
  ) throws(SearchLog.End) -> [MeasuredPolicy] {
    let problem = log.problem
    let uniform = ((try? BestUniform(problem))?.candidates ?? []).map(\.policy)
    let step = max(1, (2 * uniform.count + size - 1) / max(size, 1))
    var policies = stride(from: 0, to: uniform.count, by: step).map { uniform[$0] }
    while policies.count < size {
      let policy = problem.space.randomPolicy(using: &generator)
      let share = generator.uniform()
      policies.append(
        try SearchLog.End.unless { () throws(NetworkCostFailure) in
          try problem.sweep(toShare: share).lowered(policy)
        })
    }
    return try measure(policies, 0, log)
  }

  /// A generation, without those on which the evaluator failed.
  private func measure(
    _ policies: [Policy], _ generation: Int, _ log: SearchLog
  ) throws(SearchLog.End) -> [MeasuredPolicy] {
    log.expect(policies)
    var measured: [MeasuredPolicy] = []
    for policy in policies {
      measured.append(try log.measure(policy, from: .bred(generation: generation)).measured)
    }
    return measured.filter { $0.result.figures != nil }
  }

  private struct Ranked {
    var measured: MeasuredPolicy
    var rank: Int
    var crowding: Double

    func wins(against other: Ranked) -> Bool {
      rank == other.rank ? crowding > other.crowding : rank < other.rank
    }
  }

  /// Distinct policies, best first.
  private static func ranked(_ measured: [MeasuredPolicy]) -> [Ranked] {
    var seen: Set<Policy> = []
    let distinct = measured.filter { seen.insert($0.policy).inserted }
    let points = distinct.map { [-($0.result.figures?.accuracy ?? 0), $0.cost] }
    return Dominance.fronts(of: points).enumerated().flatMap { rank, front in
      let distances = Dominance.crowding(of: front.map { points[$0] })
      return zip(front, distances).sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map {
        Ranked(measured: distinct[$0.0], rank: rank, crowding: $0.1)
      }
    }
  }

  /// Distinct policies not measured before; fewer than `count` when no more are found.
  private func children(
    of parents: [Ranked], _ count: Int, _ log: SearchLog, _ generator: inout RandomSource
  ) throws(SearchLog.End) -> [Policy] {
    var children: [Policy] = []
    do {
      while children.count < count,
        let child = try child(
          of: parents, log, &generator, isKnown: { log.knows($0) || children.contains($0) })
      {
        children.append(child)
      }
    } catch { throw .failed(error) }
    return children
  }

  /// Nil when no policy is found that is not known.
  private func child(
    of parents: [Ranked], _ log: SearchLog, _ generator: inout RandomSource, isKnown: (Policy) -> Bool
  ) throws(NetworkCostFailure) -> Policy? {
    let space = log.problem.space
    let sweep = BudgetSweep(space, budgets: log.problem.budgets)
    func winner() -> Policy {
      let (one, other) = (
        parents.randomElement(using: &generator)!, parents.randomElement(using: &generator)!
      )
      return (other.wins(against: one) ? other : one).measured.policy
    }
    var policy = space.crossed(winner(), winner(), using: &generator)
    for _ in 0..<Self.patience {
      policy = space.mutated(policy, layers: log.problem.layers, using: &generator)
      let lowered = try sweep.lowered(policy)
      if !isKnown(lowered) { return lowered }
    }
    for _ in 0..<Self.patience {
      let random = try sweep.lowered(space.randomPolicy(using: &generator))
      if !isKnown(random) { return random }
    }
    return nil
  }
}

extension SearchProblem {
  /// Lowers further than the budgets ask: to this share of the way from the least cost to the limit.
  fileprivate func sweep(toShare share: Double) throws(NetworkCostFailure) -> BudgetSweep {
    let least = try space.minimum(of: resource) ?? 0
    var stated = budgets.first { $0.resource == resource }?.limit
    if stated == nil { stated = try space.total(resource, of: space.widest) }
    guard let limit = stated else {
      return BudgetSweep(space, budgets: budgets)
    }
    let tight = BudgetRequest(
      resource.metric, .absolute(least + share * (limit - least)), target: resource.target)
    let others = budgets.filter { $0.resource != resource }.map {
      BudgetRequest($0.metric, .absolute($0.limit), target: $0.resource.target)
    }
    // Tightened limits may exclude each other where costs rise as bits fall.
    return BudgetSweep(space, budgets: (try? BudgetSet([tight] + others, in: space)) ?? budgets)
  }
}

extension SearchSpace {
  /// Each layer from one of two policies; tied layers from the same.
  fileprivate func crossed(_ one: Policy, _ other: Policy, using generator: inout RandomSource) -> Policy {
    var policy = one
    for layer in 0..<layerCount where tiedWidths.leader(of: layer) == layer && generator.uniform() < 0.5 {
      for tied in tiedWidths.layers(with: layer) { policy[tied] = other[tied] }
    }
    return policy
  }

  /// A step up or down of one width, or of both where the target's pairs need it, of one layer on average; to any other
  /// pair where formats are no numbers of bits.
  fileprivate func mutated(_ policy: Policy, layers: [Int], using generator: inout RandomSource) -> Policy {
    var policy = policy
    for layer in layers where generator.uniform() < 1 / Double(layers.count) {
      let steps =
        !isOfBits
        ? precisions(ofLayer: layer).filter { $0 != policy[layer] }
        : [Direction.narrower, .wider].flatMap { direction in
          [
            step(direction, .activation, from: policy[layer], ofLayer: layer),
            step(direction, .weight, from: policy[layer], ofLayer: layer),
            jointStep(direction, from: policy[layer], ofLayer: layer),
          ].compactMap(\.self)
        }
      if let step = steps.randomElement(using: &generator) { policy = setting(layer, to: step, in: policy) }
    }
    return policy
  }
}
