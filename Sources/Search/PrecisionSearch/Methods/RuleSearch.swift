import Core

/// The rule of thumb that HAQ sets out to beat: the first and the last layer at 8 bit, all others at one width.
///
/// The largest width of both weights and activations within the budgets; one policy is measured.
public struct RuleSearch: SearchMethod {
  public init() {}

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let policy = try SearchLog.End.unless { () throws(NetworkCostFailure) in try Self.policy(log.problem) }
    guard let policy else {
      throw .failed(PrecisionSearchError.noUniformPolicy)
    }
    _ = try log.measure(policy, from: .given)
  }

  /// Nil when no width is within the budgets.
  static func policy(_ problem: SearchProblem) throws(NetworkCostFailure) -> Policy? {
    let (space, ends) = (problem.space, [0, problem.space.layerCount - 1])
    let widths = Set(problem.layers.flatMap { space.precisions(ofLayer: $0) }).filter {
      $0.weight == $0.activation || space.hasFloatActivations
    }
    for width in widths.sorted(by: { $0.weight > $1.weight }) {
      let policy = Policy(
        (0..<space.layerCount).map { space.pinned[$0] ?? (ends.contains($0) ? space.heldEightBit : width) })
      if space.contains(policy), try problem.budgets.admits(policy, in: space) { return policy }
    }
    return nil
  }
}
