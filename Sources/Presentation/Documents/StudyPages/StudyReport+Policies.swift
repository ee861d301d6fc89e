import Core
import Evaluation
import PrecisionSearch
import Rendering

/// The policies of the search: up to a crowd of them all, else those that matter and some that stand for the others.
extension StudyReport {
  /// The Pareto front of the policies measured so far.
  func addFront(to page: inout HTMLPage) {
    let rows = frontRows
    page.add(
      chart: tradeOff.svg, numbers: rows,
      titles: ["policy", metric.title, "of \(reference.title)", validationTitle],
      choice: rows.count < policies.front.count ? "of \(policies.front.count) policies on the front" : nil)
  }

  /// Accuracy and cost in the order of measuring.
  func addProgress(to page: inout HTMLPage) {
    if episodes.count > Thinning.crowd {
      page.add(
        paragraph:
          "The charts draw the front, the best so far, the extremes, and of policies that lie together one. "
          + "haq study export writes all \(episodes.count) as CSV.")
    }
    page.add(
      chart: progress.svg, numbers: episodeRows,
      titles: [
        "policy", validationTitle, metric.title, "of \(reference.title)", "best so far", "on the front",
      ],
      choice: episodes.count > Thinning.crowd
        ? "of \(episodes.count) policies, those that were the best so far and those on the front" : nil)
  }

  /// Rows that a table has of a crowd, of each kind.
  private static let mostRows = 400

  /// By ascending cost.
  var frontRows: [[String]] {
    let referenceCost = referenceCost
    return ofFront.map { index in
      let cost = policies.costs[index]
      return [
        "\(index + 1)", text(cost), share(cost, of: referenceCost), episodes[index].measured.result.percent,
      ]
    }
  }

  /// Of policies of one cost and accuracy, the first alone where there is a crowd.
  private var ofFront: [Int] {
    let costs = policies.costs
    let ascending = policies.front.sorted { (costs[$0] ?? 0, $0) < (costs[$1] ?? 0, $1) }
    guard ascending.count > Self.mostRows else { return ascending }
    var figures: Set<[Double]> = []
    let distinct = ascending.filter { index in
      let accuracy = episodes[index].measured.result.figures?.accuracy ?? 0
      return figures.insert([costs[index] ?? 0, accuracy]).inserted
    }
    return Thinning.evenly(distinct, atMost: Self.mostRows)
  }

  private var episodeRows: [[String]] {
    let (isOnFront, referenceCost) = (policies.isOnFront, referenceCost)
    return ofSearch.map { index in
      let (episode, cost) = (episodes[index], policies.costs[index])
      return [
        "\(index + 1)", episode.measured.result.percent, text(cost), share(cost, of: referenceCost),
        episode.isBest ? "yes" : "", isOnFront[index] ? "yes" : "",
      ]
    }
  }

  private var ofSearch: [Int] {
    guard episodes.count > Thinning.crowd else { return Array(episodes.indices) }
    let best = Thinning.evenly(episodes.indices.filter { episodes[$0].isBest }, atMost: Self.mostRows)
    return Set(best + ofFront).sorted()
  }
}
