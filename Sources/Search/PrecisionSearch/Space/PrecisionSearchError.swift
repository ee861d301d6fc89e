public import Core
import Diagnostics

/// Why a search cannot be set up as asked.
public indirect enum PrecisionSearchError: Error, Hashable {
  /// The targets have no width for this role that the evaluator can measure; `available` are those that they have.
  case noLegalWidth(role: Role, available: [BitWidth])
  /// The target cannot run the layer at the precision that it is held at.
  case pinnedPrecisionUnsupported(layer: String, Precision)
  /// The evaluator cannot measure the precision that the layer is held at.
  case pinnedPrecisionUnmeasurable(layer: String, Precision)
  /// The target cannot run the layer at any precision that the search may choose.
  case layerUnsupported(layer: String)
  /// The target does not provide the metric of the budget.
  case metricUnavailable(Metric, available: [Metric])
  /// A relative budget needs the cost of the reference, which the target cannot run.
  case referenceUnsupported(Metric, Precision)
  /// A limit that is not a positive number.
  case illegalLimit(Double)
  /// No policy meets the budget; `minimum` is the least that one can cost.
  case infeasible(Metric, limit: Double, minimum: Double, reference: ReferenceCost)
  /// No policy was found that meets the budget, on a target where only it can say what a network costs; `least` is
  /// the least among `tried` policies.
  case notFound(Metric, limit: Double, least: Double, tried: Int, reference: ReferenceCost)
  /// A target does not say what the network costs as a whole, and why.
  case networkFailed(String)
  /// Each limit can be met, but not these together; without any one of them, the others can.
  case conflict([BudgetConflict])
  /// The integer program could not tell whether the limits can be met together.
  case undecided(String)
  /// No uniform precision within the budgets can run on the target.
  case noUniformPolicy
  /// The rule of thumb has a searched layer at a precision that the search may not choose for it.
  case ruleUnsupported(layer: String, Precision)
  /// The evaluator fails on the network at its widest, which every sensitivity measurement is compared with.
  case widestFailed(String)
  /// The evaluator estimates no sensitivities, and they are to be estimated.
  case noEstimates
  /// Tied layers, whose activations have one width, have none in common.
  case noCommonActivationWidth(layers: [String])
  /// A problem with one of several targets, which is named.
  case onTarget(String, PrecisionSearchError)
  /// All problems with what was asked for.
  case several([PrecisionSearchError])
}

extension PrecisionSearchError: CustomStringConvertible {
  /// One line for each problem.
  public var description: String { diagnostics.all.map(\.text).joined(separator: "\n") }
}
