import Evaluation

extension SearchResult {
  /// The measured policies that no other one beats in accuracy and cost at once, cheapest first.
  public var front: [MeasuredPolicy] {
    var seen: Set<MeasuredPolicy> = []
    let measured = episodes.map(\.measured).filter {
      !$0.result.isBelowBar && $0.result.failure == nil && seen.insert($0).inserted
    }
    let points = measured.map { [$0.cost, -$0.result.accuracy] }
    return (Dominance.fronts(of: points).first ?? []).map { measured[$0] }.sorted {
      ($0.cost, -$0.result.accuracy) < ($1.cost, -$1.result.accuracy)
    }
  }
}
