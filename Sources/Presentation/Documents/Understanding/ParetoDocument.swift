public import Core
public import Evaluation
public import PrecisionSearch

/// What a sweep over budgets measured: `pareto.json`, and the result of `haq pareto`.
public struct ParetoDocument: Document {
  public static let schema: SchemaName = "haq.pareto/1.1"

  public var network: NetworkStamp
  public var target: TargetStamp
  public var data: String
  /// What accuracy is, where it is not the top-1 accuracy, such as agreement.
  public var accuracyMetric: String?
  public var seed: UInt64
  /// `latency_s` and the like: the unit of costs and budgets.
  public var metric: Metric
  /// At the reference of the target; absent when it cannot run that.
  public var uniformEightBitCost: Double?
  /// The reference; absent where that is 8 bit.
  public var reference: String?
  /// The unquantized network, on the same samples as all points.
  public var float: EvaluationResult.Figures
  public var isComplete: Bool
  /// Cheapest first within a kind.
  public var points: [Entry]
  /// Policies that could not be measured; absent when there are none.
  public var failed: [FailedPolicy]?

  private enum CodingKeys: String, CodingKey {
    case network, target, data, seed, metric, reference, float, points, failed
    case uniformEightBitCost = "uniform_8_bit_cost"
    case isComplete = "is_complete"
    case accuracyMetric = "accuracy_metric"
  }

  /// How a point's policy came about.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case searched
    case uniform
  }

  /// One measured policy.
  public struct Entry: Hashable, Sendable, Codable {
    public var kind: Kind
    /// The tightest limit that the policy was found under; absent for uniform policies.
    public var budget: Double?
    public var cost: Double
    public var accuracy: Double
    public var loss: Double
    /// Whether another point of its kind costs no more, is no less accurate, and is better in one of them.
    public var isDominated: Bool
    /// Such as `W8A8 W4A6`, in the network's layer order.
    public var policy: String
    /// Of a uniform policy, apart from layers whose bits are fixed.
    public var precision: String?

    private enum CodingKeys: String, CodingKey {
      case kind, budget, cost, accuracy, loss, policy, precision
      case isDominated = "is_dominated"
    }
  }

  /// A policy on which the evaluator failed again and again.
  public struct FailedPolicy: Hashable, Sendable, Codable {
    /// Such as `W8A8 W4A6`.
    public var policy: String
    public var reason: String
  }
}

extension ParetoDocument {
  /// - Parameters:
  ///   - metric: Of the limits, in `space`'s first target.
  ///   - data: What the evaluator calls its data.
  public init(
    _ sweep: ParetoSweep.Result, of metric: Metric, in space: SearchSpace, data: String, seed: UInt64,
    accuracyMetric: String? = nil
  ) {
    self.accuracyMetric = accuracyMetric
    network = NetworkStamp(space.table)
    target = TargetStamp(space.table)
    self.data = data
    self.seed = seed
    self.metric = metric
    uniformEightBitCost = try? space.table.total(
      metric, of: .uniform(space.reference, layerCount: space.layerCount))
    reference = space.reference.stated
    float = sweep.reference
    isComplete = sweep.isComplete
    var seen: Set<Policy> = []
    let searched = sweep.searched.sorted { $0.budget.limit < $1.budget.limit }.flatMap { budget, measured in
      measured.filter { $0.result.figures != nil && seen.insert($0.policy).inserted }.compactMap {
        Entry(.searched, $0, budget: budget.limit)
      }
    }
    let uniform = sweep.uniform.compactMap {
      Entry(.uniform, $0.measured, precision: $0.precision.description)
    }
    points = [searched, uniform].flatMap(Self.marked)
    failed = Self.failed(sweep.searched.flatMap(\.measured) + sweep.uniform.map(\.measured))
  }

  private static func failed(_ measured: [MeasuredPolicy]) -> [FailedPolicy]? {
    var failed: [FailedPolicy] = []
    for one in measured {
      guard let reason = one.result.failure else { continue }
      let entry = FailedPolicy(policy: one.policy.text, reason: reason)
      if !failed.contains(entry) { failed.append(entry) }
    }
    return failed.isEmpty ? nil : failed
  }

  /// Each point with whether others dominate it, the cheapest first.
  private static func marked(_ points: [Entry]) -> [Entry] {
    let isOnFront = ParetoFront.contains(points.map { ($0.cost, $0.accuracy) })
    return zip(points, isOnFront).map { point, isOnFront in
      var point = point
      point.isDominated = !isOnFront
      return point
    }.sorted { ($0.cost, -$0.accuracy, $0.policy) < ($1.cost, -$1.accuracy, $1.policy) }
  }
}

extension ParetoDocument.Entry {
  /// Nil for a policy that could not be measured.
  fileprivate init?(
    _ kind: ParetoDocument.Kind, _ measured: MeasuredPolicy, budget: Double? = nil, precision: String? = nil
  ) {
    guard let figures = measured.result.figures else { return nil }
    self.kind = kind
    self.budget = budget
    cost = measured.cost
    accuracy = figures.accuracy
    loss = figures.loss
    isDominated = false
    policy = measured.policy.text
    self.precision = precision
  }
}
