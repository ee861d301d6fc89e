public import HardwareModel

/// The decisions of one episode, in order, and what they lead to.
///
/// One decision per layer for its weights, then one for its activations. Pinned layers are not decided.
public struct Environment: Sendable {
  public let space: SearchSpace
  public let budget: Budget
  /// The layers decided, each twice.
  public let layers: [Int]
  private let encoding: StateEncoding
  private let sweep: BudgetSweep
  private let greatestBits: Double

  /// - Precondition: `budget` was resolved in `space`.
  public init(_ space: SearchSpace, budget: Budget) {
    self.space = space
    self.budget = budget
    layers = (0..<space.layerCount).filter { space.pinned[$0] == nil }
    encoding = StateEncoding(space.table.network)
    sweep = BudgetSweep(space, budget: budget)
    let widths = layers.flatMap { space.precisions(ofLayer: $0).flatMap { [$0.weight, $0.activation] } }
    greatestBits = Double(widths.max()?.bits ?? 1)
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
  public func policy(after walk: Walk) -> Policy {
    precondition(walk.isFinished)
    let precisions = (0..<space.layerCount).map { walk.chosen[$0] ?? space.pinned[$0]! }
    return sweep.lowered(Policy(precisions))
  }

  /// What `policy` costs in the budget's metric.
  ///
  /// - Precondition: the search space contains `policy`.
  public func cost(of policy: Policy) -> Double {
    guard let cost = space.table.total(budget.metric, of: policy) else {
      preconditionFailure("the policy is not in the search space")
    }
    return cost
  }

  /// The middle of the actions that mean the width that `policy` has for `decision`.
  func action(for decision: Decision, in policy: Policy) -> Double {
    let precision = policy[decision.layer]
    let (width, widths) =
      switch decision.role {
      case .weight: (precision.weight, space.weightWidths(ofLayer: decision.layer))
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
    fileprivate let environment: Environment
    /// The precisions of the layers decided so far.
    public private(set) var chosen: [Int: Precision] = [:]
    private var decided = 0
    private var weight: BitWidth?
    private var previous = 1.0

    fileprivate init(environment: Environment) { self.environment = environment }

    public var isFinished: Bool { decided == 2 * environment.layers.count }

    /// What is decided next; nil when the walk is finished.
    public var decision: Decision? {
      guard !isFinished else { return nil }
      return Decision(
        layer: environment.layers[decided / 2], role: weight == nil ? .weight : .activation)
    }

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
      guard let layer = decision?.layer else { preconditionFailure("a finished walk decides nothing") }
      let width: BitWidth
      if let weight {
        let widths = environment.space.activationWidths(ofLayer: layer, besideWeights: weight)
        width = Environment.width(for: action, among: widths)
        chosen[layer] = Precision(weight: weight, activation: width)
        self.weight = nil
      } else {
        width = Environment.width(for: action, among: environment.space.weightWidths(ofLayer: layer))
        weight = width
      }
      previous = Double(width.bits) / environment.greatestBits
      decided += 1
    }
  }
}
