public import Core
import Evaluation
public import PrecisionSearch

/// What the search of a study looks for, within what limits, and how much it may measure.
public struct StudyProblem: Hashable, Sendable {
  public var objective: Objective
  public var budgets: [Limit]
  /// Evaluations that the search may spend.
  public var evaluations: Int
  /// Validation samples of each.
  public var searchSamples: Int

  /// The most that a policy may cost.
  public struct Limit: Hashable, Sendable, Codable {
    public var metric: Metric
    /// Position among the targets of the search.
    public var target: Int
    /// In the metric's SI unit.
    public var limit: Double

    public init(_ resource: Resource, _ limit: Double) {
      (metric, target) = (resource.metric, resource.target)
      self.limit = limit
    }
  }

  public init(objective: Objective, budgets: [Limit], evaluations: Int, searchSamples: Int) {
    self.objective = objective
    self.budgets = budgets
    self.evaluations = evaluations
    self.searchSamples = searchSamples
  }

  public init(_ problem: SearchProblem, evaluations: Int, searchSamples: Int) {
    self.init(
      objective: problem.objective, budgets: problem.budgets.map { Limit($0.resource, $0.limit) },
      evaluations: evaluations, searchSamples: searchSamples)
  }

  /// The limit on `metric` on the first target.
  public func limit(on metric: Metric) -> Double? {
    budgets.first { $0.metric == metric && $0.target == 0 }?.limit
  }

  /// What the search is about on the first target: the metric of a limit, else what is minimised, else latency.
  public var metric: Metric {
    if let limited = Metric.allCases.first(where: { limit(on: $0) != nil }) { return limited }
    if case .cost(let resource, _) = objective, resource.target == 0 { return resource.metric }
    return .latency
  }
}

extension StudyProblem: Codable {
  private enum CodingKeys: String, CodingKey {
    case objective
    case budgets
    case evaluations
    case searchSamples = "search_samples"
  }

  /// `{"maximize": "accuracy"}`, or `{"minimize": "latency_s", "target": 0, "accuracy_drop": 0.005}`.
  private struct ObjectiveText: Codable {
    var maximize: String?
    var minimize: Metric?
    var target: Int?
    var accuracyDrop: Double?

    enum CodingKeys: String, CodingKey {
      case maximize
      case minimize
      case target
      case accuracyDrop = "accuracy_drop"
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text = try container.decode(ObjectiveText.self, forKey: .objective)
    objective =
      if let metric = text.minimize, let drop = text.accuracyDrop {
        .cost(Resource(metric, target: text.target ?? 0), drop: drop)
      } else {
        .accuracy
      }
    budgets = try container.decode([Limit].self, forKey: .budgets)
    evaluations = try container.decode(Int.self, forKey: .evaluations)
    searchSamples = try container.decode(Int.self, forKey: .searchSamples)
    for (figure, count) in [("evaluations", evaluations), ("search_samples", searchSamples)]
    where count < 1 {
      throw ImpossibleFigure(figure, count, allowed: "at least 1")
    }
    for budget in budgets where !(0...1e100).contains(budget.limit) {
      throw ImpossibleFigure("limit", budget.limit, allowed: "0 to 1e100")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let text =
      switch objective {
      case .accuracy: ObjectiveText(maximize: "accuracy")
      case .cost(let resource, let drop):
        ObjectiveText(minimize: resource.metric, target: resource.target, accuracyDrop: drop)
      }
    try container.encode(text, forKey: .objective)
    try container.encode(budgets, forKey: .budgets)
    try container.encode(evaluations, forKey: .evaluations)
    try container.encode(searchSamples, forKey: .searchSamples)
  }
}
