/// Whether two lists put things in the same order: all that a search needs of a model.
public enum RankCorrelation {
  /// Kendall's tau-b (Kendall 1945): (concordant - discordant) / sqrt((pairs - ties in x)(pairs - ties in y)).
  ///
  /// O(n log n) by Knight's method (1966): sort by x, then count the exchanges of a merge sort by y. Nil when one
  /// side is constant, or with fewer than two values.
  public static func kendall(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count)
    let order = x.indices.sorted { (x[$0], y[$0]) < (x[$1], y[$1]) }
    let sortedX = order.map { x[$0] }
    var sortedY = order.map { y[$0] }
    let pairs = pairCount(x.count)
    let tiedX = tiedPairs(sortedX)
    let tiedBoth = tiedPairs(zip(sortedX, sortedY).map { Pair(x: $0, y: $1) })
    let discordant = exchanges(&sortedY)
    let tiedY = tiedPairs(sortedY)
    guard pairs > tiedX, pairs > tiedY else { return nil }
    let difference = pairs - tiedX - tiedY + tiedBoth - 2 * discordant
    // One root of the product, so that perfect agreement is 1 and not its neighbour.
    return Double(difference) / (Double(pairs - tiedX) * Double(pairs - tiedY)).squareRoot()
  }

  /// Spearman's rho: Pearson's correlation of ranks, ties sharing the mean of their ranks.
  ///
  /// Nil when one side is constant, or with fewer than two values.
  public static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count)
    return pearson(ranks(x), ranks(y))
  }

  /// Ranks from 1; equal values share the mean of the ranks that they take together.
  public static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      for index in start...end { ranks[order[index]] = Double(start + end) / 2 + 1 }
      start = end + 1
    }
    return ranks
  }

  private struct Pair: Hashable {
    var x: Double
    var y: Double
  }

  private static func pairCount(_ count: Int) -> Int { count * (count - 1) / 2 }

  /// Pairs of equal neighbours in a sorted list.
  private static func tiedPairs(_ sorted: [some Equatable]) -> Int {
    var total = 0
    var run = 0
    for index in sorted.indices {
      run = index > 0 && sorted[index] == sorted[index - 1] ? run + 1 : 1
      total += run - 1
    }
    return total
  }

  /// Sorts `values`; the number of pairs that stood in the wrong order.
  private static func exchanges(_ values: inout [Double]) -> Int {
    guard values.count > 1 else { return 0 }
    let middle = values.count / 2
    var left = Array(values[..<middle])
    var right = Array(values[middle...])
    var count = exchanges(&left) + exchanges(&right)
    var (i, j) = (0, 0)
    for index in values.indices {
      if j == right.count || (i < left.count && left[i] <= right[j]) {
        values[index] = left[i]
        i += 1
      } else {
        values[index] = right[j]
        j += 1
        count += left.count - i
      }
    }
    return count
  }

  private static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
    let count = Double(x.count)
    let meanX = x.reduce(0, +) / count
    let meanY = y.reduce(0, +) / count
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      xx += (a - meanX) * (a - meanX)
      yy += (b - meanY) * (b - meanY)
      xy += (a - meanX) * (b - meanY)
    }
    guard xx > 0, yy > 0 else { return nil }
    return max(-1, min(1, xy / (xx * yy).squareRoot()))
  }
}
