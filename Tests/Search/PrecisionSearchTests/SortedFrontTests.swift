import PrecisionSearch
import RandomNumbers
import Testing

/// The front by sorting, against the definition.
struct SortedFrontTests {
  /// A point is on the front when no other dominates it.
  private static func byDefinition(_ points: [(cost: Double, accuracy: Double)]) -> [Bool] {
    points.map { one in
      !points.contains { other in
        other.cost <= one.cost && other.accuracy >= one.accuracy
          && (other.cost < one.cost || other.accuracy > one.accuracy)
      }
    }
  }

  @Test("random points, many of them equal in one or both figures, are on the front by its definition")
  func random() {
    var source = RandomSource(seed: 7)
    for round in 0..<300 {
      // Few values make ties, many make a long front.
      let values = [2.0, 3, 5, 1000][round % 4]
      let points = (0..<(round % 60)).map { _ in
        (
          cost: (source.uniform() * values).rounded(),
          accuracy: (source.uniform() * values).rounded() / values
        )
      }
      #expect(ParetoFront.contains(points) == Self.byDefinition(points), "\(points)")
    }
  }

  @Test("infinite costs are compared, and what is no number compares with nothing")
  func limits() {
    let values = [0, -0.0, 1, .infinity, -.infinity, .nan]
    let points = values.flatMap { cost in values.map { (cost: cost, accuracy: $0) } }
    #expect(ParetoFront.contains(points) == Self.byDefinition(points))
  }

  @Test("equal policies are on the front together")
  func equal() {
    #expect(
      ParetoFront.contains([(1, 0.5), (2, 0.75), (1, 0.5), (2, 0.5), (1, 0.25)])
        == [true, true, true, false, false])
  }
}
