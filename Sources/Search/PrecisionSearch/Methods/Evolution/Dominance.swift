/// Points compared by several objectives, all of which are to be small.
///
/// Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE
/// Transactions on Evolutionary Computation 2002, sections III-A and III-B.
public enum Dominance {
  /// Whether `point` is nowhere worse than `other`, and better somewhere.
  public static func dominates(_ point: [Double], _ other: [Double]) -> Bool {
    zip(point, other).allSatisfy { $0 <= $1 } && zip(point, other).contains { $0 < $1 }
  }

  /// Positions of the points in fronts: the first is dominated by none, each next one only by those before it.
  public static func fronts(of points: [[Double]]) -> [[Int]] {
    var dominated: [[Int]] = Array(repeating: [], count: points.count)
    var dominators = Array(repeating: 0, count: points.count)
    for one in points.indices {
      for other in points.indices where dominates(points[one], points[other]) {
        dominated[one].append(other)
        dominators[other] += 1
      }
    }
    var fronts: [[Int]] = []
    var front = points.indices.filter { dominators[$0] == 0 }
    while !front.isEmpty {
      fronts.append(front)
      var next: [Int] = []
      for point in front {
        for other in dominated[point] {
          dominators[other] -= 1
          if dominators[other] == 0 { next.append(other) }
        }
      }
      front = next.sorted()
    }
    return fronts
  }

  /// How alone each point stands: over the objectives, the distance between its two neighbours as a share of the range.
  ///
  /// Infinite at the ends of an objective.
  public static func crowding(of points: [[Double]]) -> [Double] {
    guard let width = points.first?.count else { return [] }
    var distances = Array(repeating: 0.0, count: points.count)
    for objective in 0..<width {
      let order = points.indices.sorted {
        (points[$0][objective], $0) < (points[$1][objective], $1)
      }
      let range = points[order[order.count - 1]][objective] - points[order[0]][objective]
      distances[order[0]] = .infinity
      distances[order[order.count - 1]] = .infinity
      guard range > 0, order.count > 2 else { continue }
      for place in 1..<(order.count - 1) {
        distances[order[place]] +=
          (points[order[place + 1]][objective] - points[order[place - 1]][objective]) / range
      }
    }
    return distances
  }
}
