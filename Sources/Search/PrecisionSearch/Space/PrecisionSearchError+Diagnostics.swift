import Core
public import Diagnostics

extension PrecisionSearchError {
  /// One for each problem, with costs in the units that people use.
  public var diagnostics: Diagnostics { Diagnostics(diagnostics(on: nil)) }

  private func diagnostics(on target: String?) -> [Diagnostic] {
    switch self {
    case .several(let problems): problems.flatMap { $0.diagnostics(on: target) }
    case .onTarget(let target, let error): error.diagnostics(on: target)
    default: [Diagnostic(message(place: target.map { " on \($0)" } ?? ""), hint: hint)]
    }
  }

  private func message(place: String) -> String {
    switch self {
    case .noLegalWidth(let role, let available) where available.isEmpty:
      "the targets have no \(role.rawValue) width in common"
    case .noLegalWidth(let role, let available):
      """
      the target has no \(role.rawValue) width that the evaluator can measure; \
      it has \(available.map(\.description).joined(separator: ", "))
      """ + place
    case .pinnedPrecisionUnmeasurable(let layer, let precision):
      "layer \"\(layer)\" is fixed at \(precision), which the evaluator cannot measure"
    case .pinnedPrecisionUnsupported(let layer, let precision):
      "layer \"\(layer)\" is fixed at \(precision), which the target cannot run" + place
    case .layerUnsupported(let layer):
      "the target cannot run layer \"\(layer)\" at any precision that the search may choose" + place
    case .metricUnavailable(.peakActivationBytes, _):
      """
      peak_activation_bytes needs a network with connections, which determine which activations are alive together; \
      a list of layers has none
      """
    case .metricUnavailable(let metric, let available):
      """
      the target does not provide \(metric.key)\(place); \
      it provides \(available.map(\.key).sorted().joined(separator: ", "))
      """
    case .referenceUnsupported(let metric, let reference):
      "a relative \(metric.title) budget\(place) is a fraction of uniform \(reference.title), which the target cannot run"
    case .illegalLimit(let limit):
      "a budget of \(limit) is not a positive number"
    case .infeasible(let metric, let limit, let minimum, let reference):
      """
      \(metric.title)\(place) cannot be \(Quantity.cost(limit, metric)) or less; the least reachable is \
      \(Quantity.cost(minimum, metric, beside: reference))
      """
    case .notFound(let metric, let limit, let least, let tried, let reference):
      """
      \(metric.title)\(place) of \(Quantity.cost(limit, metric)) or less was not found: the least of \(tried) \
      policies is \(Quantity.cost(least, metric, beside: reference))
      """
    case .networkFailed(let reason): reason
    case .conflict(let limits):
      "each of these limits can be met, but no policy meets them together: "
        + limits.map(\.description).joined(separator: "; ")
    case .undecided(let reason):
      "whether all limits can be met together is unknown: \(reason)"
    case .widestFailed(let reason):
      """
      the evaluator failed on the network with every layer at its widest (\(reason)), which every sensitivity \
      measurement is compared with
      """
    case .noEstimates: "the evaluator does not estimate sensitivities with these quantizers"
    case .noUniformPolicy:
      "no pair of widths that all searched layers can have, weights and activations, is within the budgets"
    case .ruleUnsupported(let layer, let precision):
      "the rule has layer \"\(layer)\" at \(precision), which the search may not choose for it" + place
    case .noCommonActivationWidth(let layers):
      """
      the layers \(layers.joined(separator: ", ")) read the same activations, and the target has no activation \
      width for all of them
      """
    case .onTarget, .several: preconditionFailure("each problem has a message")
    }
  }

  private var hint: String? {
    switch self {
    case .pinnedPrecisionUnsupported, .pinnedPrecisionUnmeasurable:
      "Let the search choose the widths of the first and the last layer too, with --search-ends."
    case .noUniformPolicy: "Raise the budgets, or let layers have different pairs, as --method auto does."
    case .noEstimates: "Measure them: --sensitivities measured."
    case .ruleUnsupported: "Choose another --method."
    case .referenceUnsupported: "Give an absolute limit."
    case .notFound:
      "The policies start with every layer at its fewest bits and change one layer at a time. Costs of layers do not "
        + "add up on this target, so this does not prove that there is no such policy."
    case .conflict: "Raise one of them to at least the value in its parentheses."
    default: nil
    }
  }
}

extension BudgetConflict: CustomStringConvertible {
  public var description: String {
    let (limit, metric) = (budget.limit, budget.metric)
    let least = Quantity.cost(leastBesideOthers, metric, beside: budget.comparison)
    return "\(title) of at most \(Quantity.cost(limit, metric)) (within the others the least is \(least))"
  }
}
