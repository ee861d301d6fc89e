public import HardwareModel
public import IntegerPrograms

/// The policy within a budget whose measured sensitivities add up to the least, exactly.
public struct PrecisionProgram: Sendable {
  private let environment: Environment
  private let sensitivity: Sensitivity
  /// What each layer may have within the budget, by layer.
  private let options: [[Precision]]

  /// Nats that one bit more is worth when the sensitivities see no difference; far below what can be measured.
  private static let nats_per_bit = 1e-9

  public init(_ environment: Environment, sensitivity: Sensitivity) {
    self.environment = environment
    self.sensitivity = sensitivity
    let (space, budget) = (environment.space, environment.budget)
    options = (0..<space.layerCount).map { layer in
      // Under a maximum, the budget bounds each layer alone.
      space.precisions(ofLayer: layer).filter {
        space.cost(budget.metric, layer: layer, at: $0) <= budget.limit
      }
    }
  }

  /// A policy and how good it is.
  public struct Solution: Hashable, Sendable {
    public var policy: Policy
    /// What the sensitivities add up to, in nats.
    public var increase: Double
    /// How far `increase` may be from the least, as a share of it.
    public var gap: Double
  }

  /// Solves; any limit above the budget's least cost has a solution.
  ///
  /// - Parameter factor: What the sensitivity of a layer's operand is multiplied by; 1 for all by default.
  public func solve(
    seconds: Double = 60, factor: (_ layer: Int, _ role: Role) -> Double = { _, _ in 1 }
  ) throws(IntegerProgramError) -> Solution {
    let (space, budget) = (environment.space, environment.budget)
    let isSum = space.table.aggregates[budget.metric] == .sum
    let program = ChoiceProgram(
      groups: options.enumerated().map { layer, precisions in
        let factors = (weight: factor(layer, .weight), activation: factor(layer, .activation))
        return precisions.map { precision in
          ChoiceProgram.Option(
            penalty: space.pinned[layer] == nil ? penalty(layer, precision, factors) : 0,
            uses: isSum ? [space.cost(budget.metric, layer: layer, at: precision)] : [])
        }
      }, limits: isSum ? [budget.limit] : [])
    let solution = try program.solve(seconds: seconds)
    let policy = Policy(zip(options, solution.choices).map { $0[$1] })
    return Solution(
      policy: policy,
      increase: environment.layers.reduce(0) {
        $0 + sensitivity.increase(layer: $1, at: policy[$1])
      }, gap: solution.gap)
  }

  private func penalty(
    _ layer: Int, _ precision: Precision, _ factors: (weight: Double, activation: Double)
  ) -> Double {
    let missing = 2 * BitWidth.range.upperBound - precision.weight.bits - precision.activation.bits
    return factors.weight * sensitivity.increase(layer: layer, .weight, at: precision.weight)!
      + factors.activation * sensitivity.increase(layer: layer, .activation, at: precision.activation)!
      + Double(missing) * Self.nats_per_bit
  }
}
