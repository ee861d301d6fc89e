public import Core

/// Why a search cannot be set up as asked.
public indirect enum PrecisionSearchError: Error, Hashable {
  /// The cost table has no width of the wanted range for this role.
  case noLegalWidth(role: Role, available: [BitWidth])
  /// The target cannot run the layer at the precision that it is held at.
  case pinnedPrecisionUnsupported(layer: String, Precision)
  /// The target cannot run the layer at any precision that the search may choose.
  case layerUnsupported(layer: String)
  /// The target does not provide the metric of the budget.
  case metricUnavailable(Metric, available: [Metric])
  /// A relative budget needs the cost of uniform 8 bit, which the target cannot run.
  case eightBitUnsupported(Metric)
  /// A limit that is not a positive number.
  case illegalLimit(Double)
  /// No policy meets the budget; `minimum` is the least that one can cost.
  case infeasible(Metric, limit: Double, minimum: Double, eightBit: Double?)
  /// No policy was found that meets the budget, on a target where only it can say what a network costs; `least` is
  /// the least among `tried` policies.
  case notFound(Metric, limit: Double, least: Double, tried: Int, eightBit: Double?)
  /// A target does not say what the network costs as a whole, and why.
  case networkFailed(String)
  /// Each limit can be met, but not these together; without any one of them, the others can.
  case conflict([BudgetConflict])
  /// The integer program could not tell whether the limits can be met together.
  case undecided(String)
  /// No uniform precision within the budgets can run on the target.
  case noUniformPolicy
  /// The evaluator fails on the network at its widest, which every sensitivity measurement is compared with.
  case widestFailed(String)
  /// Tied layers, whose activations have one width, have none in common.
  case noCommonActivationWidth(layers: [String])
  /// A problem with one of several targets, which is named.
  case onTarget(String, PrecisionSearchError)
  /// All problems with what was asked for.
  case several([PrecisionSearchError])
}

extension PrecisionSearchError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noLegalWidth(let role, let available):
      """
      the target offers no \(role.rawValue) width that the search may choose; \
      it offers \(available.map(\.description).joined(separator: ", "))
      """
    case .pinnedPrecisionUnsupported(let layer, let precision):
      """
      layer "\(layer)" is held at \(precision), which the target cannot run; \
      hold it at another precision, or let the search choose
      """
    case .layerUnsupported(let layer):
      "the target cannot run layer \"\(layer)\" at any precision that the search may choose"
    case .metricUnavailable(.peakActivationBytes, _):
      """
      peak_activation_bytes needs a network with connections, which tell the activations that are alive together; \
      a list of layers has none
      """
    case .metricUnavailable(let metric, let available):
      """
      the target does not provide \(metric.key); \
      it provides \(available.map(\.key).sorted().joined(separator: ", "))
      """
    case .eightBitUnsupported(let metric):
      """
      a relative \(metric.key) budget is a share of uniform 8 bit, which the target cannot run; \
      give an absolute limit
      """
    case .illegalLimit(let limit):
      "a budget of \(limit) is not a positive number"
    case .infeasible(let metric, let limit, let minimum, let eightBit):
      """
      no policy has \(metric.rawValue) within \(limit); the least reachable is \(minimum)\
      \(eightBit.map { " (\(($0 > 0 ? minimum / $0 * 1000 : 0).rounded(.up) / 1000)x of uniform 8 bit)" } ?? "")
      """
    case .notFound(let metric, let limit, let least, let tried, _):
      """
      no policy with \(metric.rawValue) within \(limit) was found: the least of \(tried) policies is \(least). They \
      began with every layer at its fewest bits and changed one layer at a time; costs of layers do not add up on this \
      target, so this is no proof that there is none
      """
    case .networkFailed(let reason): reason
    case .conflict(let limits):
      "no policy is within these limits together: "
        + limits.map {
          "\($0.budget.metric.rawValue) within \($0.budget.limit) (beside the others at least \($0.leastBesideOthers))"
        }.joined(separator: ", ")
    case .undecided(let reason):
      "whether all limits can be met together is not known: \(reason)"
    case .widestFailed(let reason):
      "the evaluator failed on the network with every layer at its widest (\(reason)), which every sensitivity measurement is compared with"
    case .noUniformPolicy:
      "no uniform precision is within the budgets"
    case .noCommonActivationWidth(let layers):
      """
      the layers \(layers.joined(separator: ", ")) read the same activations, and the target has no activation \
      width for all of them
      """
    case .onTarget(let target, let error):
      "on target \"\(target)\", \(error)"
    case .several(let problems):
      problems.map(\.description).joined(separator: "\n")
    }
  }
}
