/// The policies that no other one beats: none costs no more, is no less accurate, and is better in one of the two.
public enum ParetoFront {
  /// Whether each point is on the front of all of them, in their order.
  public static func contains(_ points: [(cost: Double, accuracy: Double)]) -> [Bool] {
    let objectives = points.map { [$0.cost, -$0.accuracy] }
    return objectives.map { one in !objectives.contains { Dominance.dominates($0, one) } }
  }
}
