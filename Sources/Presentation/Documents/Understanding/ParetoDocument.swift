import Core
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import Rendering

/// The output of `haq pareto` in all forms.
struct ParetoReport: Encodable {
  var network: NetworkStamp
  var target: TargetStamp
  var data: String
  var seed: UInt64
  /// `latency_s` and the like: the unit of costs and budgets.
  var metric: Metric
  var uniform_8_bit_cost: Double?
  /// The unquantized network, on the same samples as all points.
  var float: EvaluationResult.Figures
  var is_complete: Bool
  /// Cheapest first within a kind.
  var points: [Entry]
  /// Policies that could not be measured; absent when there are none.
  var failed: [Failed]?

  /// A policy on which the evaluator failed again and again.
  struct Failed: Encodable, Hashable {
    /// Such as `W8A8 W4A6`.
    var policy: String
    var reason: String

    init?(_ measured: MeasuredPolicy) {
      guard let failure = measured.result.failure else { return nil }
      policy = measured.policy.text
      reason = failure
    }
  }

  /// How a point's policy came about.
  enum Kind: String, Encodable, CaseIterable {
    case searched
    case uniform
  }

  /// One measured policy.
  struct Entry: Encodable {
    var kind: Kind
    /// The tightest limit that the policy was found under; absent for uniform policies.
    var budget: Double?
    var cost: Double
    var accuracy: Double
    var loss: Double
    /// Whether another point of its kind costs no more, is no less accurate, and is better in one of them.
    var is_dominated: Bool
    /// Such as `W8A8 W4A6`, in the network's layer order.
    var policy: String
    /// Of a uniform policy, apart from layers that are held.
    var precision: String?
  }

  init(_ found: ParetoSweep.Result, of metric: Metric, in space: SearchSpace, data: String, seed: UInt64) {
    network = NetworkStamp(space.table)
    target = TargetStamp(space.table)
    self.data = data
    self.seed = seed
    self.metric = metric
    uniform_8_bit_cost = try? space.table.total(metric, of: .uniform(.eight, layerCount: space.layerCount))
    float = found.reference
    is_complete = found.isComplete
    var seen: Set<Policy> = []
    let searched = found.searched.sorted { $0.budget.limit < $1.budget.limit }.flatMap { budget, measured in
      measured.filter { $0.result.figures != nil && seen.insert($0.policy).inserted }.compactMap {
        Entry(.searched, $0, budget: budget.limit, precision: nil)
      }
    }
    let uniform = found.uniform.compactMap {
      Entry(.uniform, $0.measured, budget: nil, precision: $0.precision.description)
    }
    points = [searched, uniform].flatMap(Self.marked)
    let measured = found.searched.flatMap(\.measured) + found.uniform.map(\.measured)
    failed = measured.compactMap(Failed.init).reduce(into: [Failed]?.none) { all, one in
      if all?.contains(one) != true { all = (all ?? []) + [one] }
    }
  }

  private static func marked(_ points: [Entry]) -> [Entry] {
    let isOnFront = ParetoFront.contains(points.map { ($0.cost, $0.accuracy) })
    return zip(points, isOnFront).map { point, isOnFront in
      var point = point
      point.is_dominated = !isOnFront
      return point
    }.sorted { ($0.cost, -$0.accuracy, $0.policy) < ($1.cost, -$1.accuracy, $1.policy) }
  }

  /// One line a point, after a header that names the unit of the cost.
  var csv: String {
    let head = "kind,budget,\(metric.rawValue),of_8_bit,accuracy,loss,dominated,policy\n"
    return points.reduce(head) { text, point in
      let fields = [
        point.kind.rawValue, point.budget.map { "\($0)" } ?? "", "\(point.cost)",
        uniform_8_bit_cost.map { "\(point.cost / $0)" } ?? "", "\(point.accuracy)", "\(point.loss)",
        point.is_dominated ? "yes" : "no", point.policy,
      ]
      return text + fields.joined(separator: ",") + "\n"
    }
  }

  /// The points that are not dominated, for a terminal.
  var text: String {
    var table = TextTable([
      .init("kind"), .init(metric.title, .right), .init("of 8 bit", .right), .init("validation", .right),
      .init("found within", .right),
    ])
    for (place, kind) in Kind.allCases.enumerated() {
      if place > 0 { table.addRule() }
      for point in points where point.kind == kind && !point.is_dominated {
        table.add([
          point.precision.map { "uniform \($0)" } ?? kind.rawValue, Quantity.cost(point.cost, metric),
          Quantity.multiple(point.cost, of: uniform_8_bit_cost) ?? "",
          Quantity.accuracy(point.accuracy),
          point.budget.map { Quantity.cost($0, metric) } ?? "",
        ])
      }
    }
    let dominated = points.filter(\.is_dominated).count
    return """
      \(network.name) on \(target.id), batch \(network.batch), \(data), seed \(seed)
      \(points.count) policies measured on \(float.samples) validation samples; \(dominated) dominated ones are in the files.
      32-bit float: \(Quantity.accuracy(float.accuracy))

      \(table.text)\(failures)\(is_complete ? "" : "Stopped before the end.\n")\(target.caution)
      """
  }

  private var failures: String {
    guard let failed else { return "" }
    return "The evaluator failed on these, which are no points:\n"
      + failed.map { "  \($0.policy): \($0.reason)\n" }.joined()
  }

  var chart: TradeOffChart {
    TradeOffChart(
      title: "\(network.name) on \(target.title)",
      series: Kind.allCases.map { kind in
        TradeOffChart.Series(
          title: kind == .searched ? "searched" : "uniform",
          entries: points.filter { $0.kind == kind }.map { point in
            TradeOffChart.Entry(
              cost: point.cost, accuracy: point.accuracy, isDominated: point.is_dominated,
              title: "\(point.precision ?? point.policy): \(Quantity.cost(point.cost, metric)), "
                + Quantity.accuracy(point.accuracy))
          })
      }, costTitle: metric.title, reference: float.accuracy,
      format: { [metric] in Quantity.cost($0, metric) })
  }
}

extension ParetoReport.Entry {
  /// Nil for a policy that could not be measured.
  fileprivate init?(
    _ kind: ParetoReport.Kind, _ measured: MeasuredPolicy, budget: Double?, precision: String?
  ) {
    guard let figures = measured.result.figures else { return nil }
    self.init(
      kind: kind, budget: budget, cost: measured.cost, accuracy: figures.accuracy,
      loss: figures.loss, is_dominated: false,
      policy: measured.policy.text, precision: precision)
  }
}
