public import Core

/// How far a search is, as a block for a terminal.
public struct SearchFrame: Hashable, Sendable {
  /// Part of the work.
  public struct Phase: Hashable, Sendable {
    /// Such as `searching`.
    public var name: String
    public var done: Int
    public var planned: Int
    /// What is counted, in the plural.
    public var things: String

    public init(_ name: String, done: Int, of planned: Int, _ things: String) {
      self.name = name
      self.done = done
      self.planned = planned
      self.things = things
    }
  }

  /// The cost of the best policy beside its limit.
  public struct Cost: Hashable, Sendable {
    /// Such as `latency`.
    public var title: String
    public var metric: Metric
    public var value: Double
    /// Nil for a cost that is minimised.
    public var limit: Double?

    public init(_ title: String, _ metric: Metric, _ value: Double, limit: Double? = nil) {
      self.title = title
      self.metric = metric
      self.value = value
      self.limit = limit
    }
  }

  /// The most accurate policy, or the cheapest where a cost is minimised.
  public struct Best: Hashable, Sendable {
    public var accuracy: Double
    public var costs: [Cost]
    public var policy: Policy

    public init(accuracy: Double, costs: [Cost], policy: Policy) {
      self.accuracy = accuracy
      self.costs = costs
      self.policy = policy
    }
  }

  /// One of the evaluators.
  public struct Worker: Hashable, Sendable {
    public var task: Task?
    /// How often it died or was killed.
    public var restarts: Int
    /// The other machine that it runs on, or ran on last.
    public var host: String?
    /// Why it cannot be asked; nil when it can.
    public var absence: Absence?

    public enum Absence: Hashable, Sendable {
      /// For a machine of a cluster.
      case waiting(seconds: Double)
      case starting
      case givenUp
    }

    /// What it is asked, and for how long it has been.
    public struct Task: Hashable, Sendable {
      /// Nil for the unquantized network.
      public var policy: Policy?
      public var seconds: Double

      public init(policy: Policy?, seconds: Double) {
        self.policy = policy
        self.seconds = seconds
      }
    }

    public init(task: Task?, restarts: Int, host: String? = nil, absence: Absence? = nil) {
      (self.task, self.restarts, self.host, self.absence) = (task, restarts, host, absence)
    }
  }

  public var phase: Phase
  /// Of the phase; nil while nothing is known.
  public var perMinute: Double?
  public var timeLeftSeconds: Double?
  public var best: Best?
  public var workers: [Worker] = []
  /// Policies on which evaluators failed.
  public var failures = 0

  public init(_ phase: Phase) { self.phase = phase }

  /// The most workers that have a line each.
  private static let workersShown = 8

  public var block: LiveBlock {
    LiveBlock([progress] + bestLines + workerLines + failureLines)
  }

  private var progress: LiveBlock.Line {
    let share = phase.planned > 0 ? min(1, Double(phase.done) / Double(phase.planned)) : 0
    let cells = 20
    let filled = Int((share * Double(cells)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
    return LiveBlock.Line(
      phase.name,
      [
        .init("\(phase.done) of \(phase.planned)", .strong), .init(phase.things, rank: 4),
        .init(bar, rank: 3),
        .init(perMinute.map { "\(Self.rate($0)) per minute" } ?? "no pace yet", rank: 2),
        .init(timeLeftSeconds.map { "\(Duration.text(seconds: $0)) left" } ?? "", rank: 1),
      ].filter { !$0.text.isEmpty })
  }

  /// Three digits are more than a pace is good for.
  private static func rate(_ value: Double) -> String {
    value >= 10 ? "\(Int(value.rounded()))" : "\((value * 10).rounded() / 10)"
  }

  private var bestLines: [LiveBlock.Line] {
    guard let best else { return [.init("best", [.init("none yet", .faint)])] }
    let costs = best.costs.enumerated().map { index, cost in
      LiveBlock.Field(
        Self.text(cost), short: Self.shortText(cost), cost.isWithin ? .good : .bad, rank: index + 1)
    }
    return [
      .init("best", [.init(Quantity.percent(best.accuracy), .strong)] + costs),
      .init("bits", [.init(Self.bits(of: best.policy))]),
    ]
  }

  private static func text(_ cost: Cost) -> String {
    let value = Quantity.cost(cost.value, cost.metric)
    guard let limit = cost.limit else { return "\(cost.title) \(value)" }
    return "\(cost.title) \(value) of \(Quantity.cost(limit, cost.metric))"
  }

  private static func shortText(_ cost: Cost) -> String? {
    guard let limit = cost.limit, limit > 0 else { return nil }
    return "\(cost.title) \(Quantity.percent(cost.value / limit))"
  }

  /// A digit for the weights of each layer; `+` for integers above 9 bits, `f` for 32-bit floats; other formats by name,
  /// once for neighbouring layers that have one.
  private static func bits(of policy: Policy) -> String {
    guard policy.precisions.allSatisfy(\.weight.isNumberOfBits) else {
      return runs(of: policy.precisions.map(\.weight.formatName))
    }
    return policy.precisions.map { precision in
      if precision.weight == .float { return "f" }
      return precision.weight.bits > 9 ? "+" : "\(precision.weight.bits)"
    }.joined()
  }

  /// Such as `int8 3 x bf16 int8`.
  private static func runs(of names: [String]) -> String {
    var runs: [(name: String, count: Int)] = []
    for name in names {
      if runs.last?.name == name { runs[runs.count - 1].count += 1 } else { runs.append((name, 1)) }
    }
    return runs.map { $0.count == 1 ? $0.name : "\($0.count) x \($0.name)" }.joined(separator: " ")
  }

  private var workerLines: [LiveBlock.Line] {
    let shown = workers.prefix(Self.workersShown).enumerated().map { index, worker in
      LiveBlock.Line("worker \(index + 1)", Self.fields(worker))
    }
    let more = workers.count - shown.count
    guard more > 0 else { return shown }
    let busy = workers.dropFirst(shown.count).count { $0.task != nil }
    let waiting = workers.dropFirst(shown.count).count {
      if case .waiting = $0.absence { true } else { false }
    }
    let others = waiting > 0 ? ", \(waiting) waiting" : ""
    return shown + [.init("and more", [.init("\(more) workers, \(busy) of them measuring\(others)")])]
  }

  private static func fields(_ worker: Worker) -> [LiveBlock.Field] {
    var fields: [LiveBlock.Field] = []
    if let task = worker.task {
      fields = [
        .init("measuring"), .init("\(Int(task.seconds)) s"),
        .init(task.policy.map(bits) ?? "the float network", rank: 2),
      ]
    } else {
      fields = [words(worker.absence)]
    }
    if let host = worker.host { fields.insert(.init(host, rank: 3), at: 0) }
    if worker.restarts > 0 {
      let times = worker.restarts == 1 ? "once" : "\(worker.restarts) times"
      fields.append(.init("restarted \(times)", short: "restarts: \(worker.restarts)", .bad))
    }
    return fields
  }

  private static func words(_ absence: Worker.Absence?) -> LiveBlock.Field {
    switch absence {
    case .waiting(let seconds): .init("waiting for a machine \(Duration.text(seconds: seconds))", .faint)
    case .starting: .init("starting", .faint)
    case .givenUp: .init("given up", .bad)
    case nil: .init("idle", .faint)
    }
  }

  private var failureLines: [LiveBlock.Line] {
    guard failures > 0 else { return [] }
    return [.init("failed", [.init("\(failures) \(failures == 1 ? "policy" : "policies")", .bad)])]
  }
}

extension SearchFrame.Cost {
  fileprivate var isWithin: Bool { limit.map { value <= $0 } ?? true }
}

extension Duration {
  /// Such as `12 s`, `3 min 5 s` or `2 h 10 min`.
  public static func text(seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }
}
