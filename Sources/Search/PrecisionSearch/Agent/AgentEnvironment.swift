public import Core

/// The search problem as the agent of HAQ meets it: one decision after the other, each seen as a state.
///
/// One decision per layer for its weights, then one for its activations. Pinned layers are not decided, and of
/// layers with tied widths only the first decides its activations.
public struct AgentEnvironment: Sendable {
  /// In the order of an episode.
  public let decisions: [Decision]
  private let space: SearchSpace
  private let encoding: StateEncoding
  private let sweep: BudgetSweep
  private let greatestBits: Double

  public init(_ problem: SearchProblem) {
    let (space, layers) = (problem.space, problem.layers)
    self.space = space
    decisions = layers.flatMap { layer in
      [Decision(layer: layer, role: .weight)]
        + (space.tiedWidths.leader(of: layer) == layer ? [Decision(layer: layer, role: .activation)] : [])
    }
    encoding = StateEncoding(space.table.network)
    sweep = BudgetSweep(space, budgets: problem.budgets)
    let widths = layers.flatMap { space.precisions(ofLayer: $0).flatMap { [$0.weight, $0.activation] } }
    greatestBits = widths.max()?.bitsPerElement ?? 1
  }

  /// One width of one layer.
  public struct Decision: Hashable, Sendable {
    public var layer: Int
    public var role: Role
  }

  /// The state before any decision.
  public func begin() -> Walk { Walk(environment: self) }

  /// The policy within the budget that the decisions of a finished walk lead to.
  ///
  /// - Precondition: the walk is finished.
  public func policy(after walk: Walk) throws(NetworkCostFailure) -> Policy {
    precondition(walk.isFinished)
    let precisions = (0..<space.layerCount).map { walk.chosen[$0] ?? space.pinned[$0]! }
    return try sweep.lowered(Policy(precisions))
  }

  /// The middle of the actions that mean the width that `policy` has for `decision`.
  func action(for decision: Decision, in policy: Policy) -> Double {
    let precision = policy[decision.layer]
    let (width, widths) =
      switch decision.role {
      case .weight:
        (precision.weight, weightWidths(ofLayer: decision.layer) { policy[$0].activation })
      case .activation:
        (
          precision.activation,
          space.activationWidths(ofLayer: decision.layer, besideWeights: precision.weight)
        )
      }
    guard let index = widths.firstIndex(of: width) else {
      preconditionFailure("the policy is not in the search space")
    }
    return (Double(index) + 0.5) / Double(widths.count)
  }

  /// The weight widths that a layer may have; of a tied layer, beside the activations already decided.
  private func weightWidths(ofLayer layer: Int, decided: (Int) -> BitWidth) -> [BitWidth] {
    let leader = space.tiedWidths.leader(of: layer)
    return leader == layer
      ? space.weightWidths(ofLayer: layer)
      : space.weightWidths(ofLayer: layer, besideActivations: decided(leader))
  }

  /// The legal width that a continuous action means.
  ///
  /// HAQ's round(lowest - 0.5 + action * count) over contiguous widths, as an index so that any set of
  /// widths is divided evenly, and clamped: an action of 1 is the greatest width, not one more.
  public static func width(for action: Double, among widths: [BitWidth]) -> BitWidth {
    precondition((0...1).contains(action) && !widths.isEmpty)
    let index = (action * Double(widths.count) - 0.5).rounded(.toNearestOrAwayFromZero)
    return widths[min(max(Int(index), 0), widths.count - 1)]
  }

  /// One episode's way through the decisions.
  public struct Walk: Sendable {
    fileprivate let environment: AgentEnvironment
    /// The precisions of the layers decided so far.
    public private(set) var chosen: [Int: Precision] = [:]
    private var decided = 0
    /// Of the layer that is being decided.
    private var weight: BitWidth?
    private var previous = 1.0

    fileprivate init(environment: AgentEnvironment) { self.environment = environment }

    public var isFinished: Bool { decided == environment.decisions.count }

    /// What is decided next; nil when the walk is finished.
    public var decision: Decision? { isFinished ? nil : environment.decisions[decided] }

    /// The agent's view of the next decision.
    ///
    /// - Precondition: the walk is not finished.
    public var state: [Float] {
      guard let decision else { preconditionFailure("a finished walk has no state") }
      return environment.encoding.state(layer: decision.layer, role: decision.role, previous: previous)
    }

    /// Decides, and moves on.
    ///
    /// - Precondition: the walk is not finished, and `action` is within 0...1.
    public mutating func take(_ action: Double) {
      guard let decision else { preconditionFailure("a finished walk decides nothing") }
      let (layer, space) = (decision.layer, environment.space)
      let width: BitWidth
      switch decision.role {
      case .weight:
        let widths = environment.weightWidths(ofLayer: layer) { activationWidth(ofLayer: $0) }
        width = AgentEnvironment.width(for: action, among: widths)
        weight = width
        let leader = space.tiedWidths.leader(of: layer)
        if leader != layer {
          chosen[layer] = Precision(weight: width, activation: activationWidth(ofLayer: leader))
        }
      case .activation:
        let widths = space.activationWidths(ofLayer: layer, besideWeights: weight!)
        width = AgentEnvironment.width(for: action, among: widths)
        chosen[layer] = Precision(weight: weight!, activation: width)
      }
      previous = width.bitsPerElement / environment.greatestBits
      decided += 1
    }

    /// Of a pinned layer, or of one already decided.
    private func activationWidth(ofLayer layer: Int) -> BitWidth {
      (chosen[layer] ?? environment.space.pinned[layer]!).activation
    }
  }
}
