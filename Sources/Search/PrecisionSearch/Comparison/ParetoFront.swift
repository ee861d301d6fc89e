/// The policies that no other one beats: none costs no more, is no less accurate, and is better in one of the two.
public enum ParetoFront {
  /// Whether each point is on the front of all of them, in their order; equal points are on it together.
  ///
  /// n log n steps: by ascending cost, a point is on the front when it is more accurate than all that are cheaper.
  public static func contains(_ points: [(cost: Double, accuracy: Double)]) -> [Bool] {
    // What is no number compares with nothing, so nothing beats it.
    var isOnFront = points.map { $0.cost.isNaN || $0.accuracy.isNaN }
    let ascending = points.indices.filter { !isOnFront[$0] }.sorted {
      (points[$0].cost, -points[$0].accuracy) < (points[$1].cost, -points[$1].accuracy)
    }
    var best: (cost: Double, accuracy: Double)?
    for index in ascending {
      let point = points[index]
      if let best, point.accuracy <= best.accuracy, point != best { continue }
      isOnFront[index] = true
      best = point
    }
    return isOnFront
  }
}
