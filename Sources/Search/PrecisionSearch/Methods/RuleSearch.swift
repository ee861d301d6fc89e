import Core

/// The rule of thumb that HAQ sets out to beat: the first and the last layer at 8 bit, all others at one width.
///
/// The largest width of both weights and activations within the budgets; one policy is measured.
public struct RuleSearch: SearchMethod {
  public init() {}

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    guard let policy = Self.policy(log.problem) else {
      throw .failed(PrecisionSearchError.noUniformPolicy)
    }
    _ = try log.measure(policy, from: .given)
  }

  /// Nil when no width is within the budgets.
  static func policy(_ problem: SearchProblem) -> Policy? {
    let (space, ends) = (problem.space, [0, problem.space.layerCount - 1])
    let widths = Set(problem.layers.flatMap { space.precisions(ofLayer: $0) }).filter {
      $0.weight == $0.activation || space.hasFloatActivations
    }
    return widths.sorted { $0.weight > $1.weight }.lazy.map { width in
      Policy((0..<space.layerCount).map { space.pinned[$0] ?? (ends.contains($0) ? space.eightBit : width) })
    }.first { space.contains($0) && problem.budgets.admits($0, in: space) }
  }
}
