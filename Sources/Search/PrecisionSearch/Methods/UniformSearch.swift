import Core

/// One weight and one activation width for all layers that are not pinned; the largest pairs within the budgets.
public struct UniformSearch: SearchMethod {
  public init() {}

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let candidates: [BestUniform.Candidate]
    do {
      candidates = try BestUniform(log.problem).candidates
    } catch {
      throw .failed(error)
    }
    log.expect(candidates.map(\.policy))
    for candidate in candidates { _ = try log.measure(candidate.policy, from: .given) }
  }
}
