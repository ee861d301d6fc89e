import Core

/// The rule of thumb that HAQ sets out to beat: the first and the last layer at the reference, which is 8 bit
/// in the paper, or at what the target says, all others at one pair of formats.
///
/// The largest width of both weights and activations within the budgets. Where no such pair is, as on targets whose
/// activations are wider than their weights, the pair of the most bits, then of the most for weights. One policy is
/// measured.
public struct RuleSearch: SearchMethod {
  public init() {}

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let policy: Policy?
    do throws(PrecisionSearchError) {
      policy = try Self.policy(log.problem)
    } catch {
      throw .failed(error)
    }
    guard let policy else { throw .failed(PrecisionSearchError.noUniformPolicy) }
    _ = try log.measure(policy, from: .given)
  }

  /// Nil when no pair is within the budgets.
  ///
  /// - Throws: `ruleUnsupported` when the first or the last layer cannot have its pair, `networkFailed`.
  static func policy(_ problem: SearchProblem) throws(PrecisionSearchError) -> Policy? {
    let space = problem.space
    let held = space.heldEnds
    for (end, pair) in held.sorted(by: { $0.key < $1.key })
    where !space.precisions(ofLayer: end).contains(pair) {
      throw .ruleUnsupported(layer: space.table.network.layers[end].name, pair)
    }
    do {
      return try pairs(of: problem).lazy.compactMap { space.uniform($0, holding: held) }.first {
        try problem.budgets.admits($0, in: space)
      }
    } catch {
      throw .networkFailed("\(error)")
    }
  }

  /// Every pair that some layer may have, in the order of the rule.
  private static func pairs(of problem: SearchProblem) -> [Precision] {
    let space = problem.space
    // Where all layers are held there is one policy, whatever the pair.
    if problem.layers.isEmpty { return [space.heldReference] }
    func rank(_ pair: Precision) -> (Int, Double, Precision) {
      let isOneWidth = pair.weight == pair.activation || space.hasFloatActivations
      return (isOneWidth ? 1 : 0, pair.bitsPerElements, pair)
    }
    return Set(problem.layers.flatMap { space.precisions(ofLayer: $0) }).sorted { rank($0) > rank($1) }
  }
}
