import Core
import Evaluation
import PrecisionSearch

/// The policies that a search measured, with what is said of each; one more costs the work of one.
struct MeasuredPolicies {
  let table: CostTable
  /// The cost that the search is about.
  let metric: Metric
  /// In the order of measuring.
  private(set) var episodes: [Episode] = []
  /// By policy, in the SI unit of the metric; nil where only the target could say it.
  private(set) var costs: [Double?] = []
  /// By policy, such as `policy 7: 91.49 %, 57.70 ms`.
  private(set) var titles: [String] = []
  /// Positions of those that no other measured one beats in both cost and accuracy, ascending.
  private(set) var front: [Int] = []
  /// Distinct policies on which the evaluator failed.
  private(set) var failed: Set<Policy> = []

  init(_ table: CostTable, by metric: Metric) {
    self.table = table
    self.metric = metric
  }

  mutating func append(_ news: [Episode]) {
    let known = episodes.count
    for episode in news {
      let measured = episode.measured
      // A study's table has no target to ask, and so none that fails.
      let cost = (try? table.total(metric, of: measured.policy)) ?? nil
      episodes.append(episode)
      costs.append(cost)
      titles.append(
        "policy \(episode.index + 1): \(measured.result.percent), \(Quantity.cost(cost ?? 0, metric))")
      if measured.result.figures == nil { failed.insert(measured.policy) }
    }
    // Who is beaten once stays so: the front of all is that of the former front and what is new.
    let candidates = (front + Array(known..<episodes.count)).compactMap { index -> (Int, Double, Double)? in
      guard case .measured(let figures) = episodes[index].measured.result else { return nil }
      return (index, costs[index] ?? .infinity, figures.accuracy)
    }
    let isOnFront = ParetoFront.contains(candidates.map { ($0.1, $0.2) })
    front = zip(candidates, isOnFront).filter(\.1).map(\.0.0)
  }

  /// By policy, whether it is on the front.
  var isOnFront: [Bool] {
    var isOnFront = episodes.map { _ in false }
    for index in front { isOnFront[index] = true }
    return isOnFront
  }
}
