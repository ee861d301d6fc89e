import Core
import RandomNumbers

/// Random widths, lowered into the budgets: what every other method must beat.
public struct RandomSearch: SearchMethod {
  /// Policies known ahead: two for each of 256 workers. Fixed, so that studies do not depend on the number of workers.
  private static let announced = 512

  public init() {}

  public var stateFormat: String? { State.format }

  private struct State: MethodState {
    static let format = "random/1"
    var generator: RandomSource
    /// Announced, and not measured yet.
    var next: [Policy]

    func isPossible(_ problem: SearchProblem, after episodes: Int) -> Bool {
      next.count <= RandomSearch.announced && next.allSatisfy(problem.allows)
    }
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let space = log.problem.space
    let sweep = BudgetSweep(space, budgets: log.problem.budgets)
    var state =
      try log.resumed(as: State.self, for: .keeping)
      ?? State(generator: RandomSource(seed: log.options.seed), next: [])
    while true {
      while state.next.count < min(Self.announced, max(1, log.remaining)) {
        let random = space.randomPolicy(using: &state.generator)
        state.next.append(
          try SearchLog.End.unless { () throws(NetworkCostFailure) in try sweep.lowered(random) })
      }
      log.expect(state.next, for: .keeping)
      _ = try log.measure(state.next.removeFirst(), from: .random, for: .keeping)
      try log.keep { state }
    }
  }
}

extension SearchSpace {
  /// Every layer at one of the precisions that it may have, each equally likely; tied ones as their first layer.
  func randomPolicy(using generator: inout RandomSource) -> Policy {
    let policy = Policy((0..<layerCount).map { precisions(ofLayer: $0).randomElement(using: &generator)! })
    return tiedWidths.sets.reduce(policy) { setting($1[0], to: $0[$1[0]], in: $0) }
  }
}
