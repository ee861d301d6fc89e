public import Core

/// The policy within all budgets whose measured sensitivities add up to the least, exactly; under budgets on networks
/// as a whole, a good one that the target confirms.
public struct PrecisionProgram: Sendable {
  private let problem: SearchProblem
  private let sensitivity: Sensitivity

  /// Nats that one bit more is worth when the sensitivities see no difference; far below what can be measured.
  private static let natsPerBit = 1e-9

  public init(_ problem: SearchProblem, sensitivity: Sensitivity) {
    self.problem = problem
    self.sensitivity = sensitivity
  }

  /// A policy and how good it is.
  public struct Solution: Hashable, Sendable {
    public var policy: Policy
    /// What the sensitivities add up to, in nats.
    public var increase: Double
    /// How far `increase` may be from the least, as a share of it; 0 when it is proven to be the least.
    public var gap: Double
  }

  /// Solves; budgets that can be met together have a solution.
  ///
  /// - Parameters:
  ///   - cost: A further limit, on the problem's resource, in its SI unit.
  ///   - factor: What the sensitivity of a layer's operand is multiplied by; 1 for all by default.
  public func solve(
    costing cost: Double? = nil, seconds: Double = 60,
    factor: (_ layer: Int, _ role: Role) -> Double = { _, _ in 1 }
  ) throws(PolicyProgramError) -> Solution {
    let space = problem.space
    let constraints =
      problem.budgets.map(CostConstraint.init)
      + (cost.map { [CostConstraint(problem.resource, atMost: $0)] } ?? [])
    let factors = (0..<space.layerCount).map { (factor($0, .weight), factor($0, .activation)) }
    let fallback = cost == nil ? problem.budgets.witness : nil
    let solution = try PolicyProgram(space, constraints).solve(seconds: seconds, fallback: fallback) {
      layer, precision in
      space.pinned[layer] == nil ? penalty(layer, precision, factors[layer]) : 0
    }
    return Solution(
      policy: solution.policy,
      increase: problem.layers.reduce(0) {
        $0 + sensitivity.increase(layer: $1, at: solution.policy[$1])
      }, gap: solution.gap)
  }

  private func penalty(
    _ layer: Int, _ precision: Precision, _ factors: (weight: Double, activation: Double)
  ) -> Double {
    let missing = 2 * Double(BitWidth.range.upperBound) - precision.bitsPerElements
    return factors.weight * sensitivity.increase(layer: layer, .weight, at: precision.weight)!
      + factors.activation * sensitivity.increase(layer: layer, .activation, at: precision.activation)!
      + missing * Self.natsPerBit
  }
}
