import Core
import PrecisionSearch

extension SearchPlan {
  /// The policies that the agent is shown first.
  func demonstrations(in problem: SearchProblem, _ observer: SearchObserver) throws -> [Policy] {
    var policies =
      try settings.agent.warmStart.map { [try $0.policy(in: problem.space, warn: observer.warn)] } ?? []
    if settings.agent.demonstratesUniform { policies += try BestUniform(problem).candidates.map(\.policy) }
    return policies
  }
}
