import Core
import Evaluation
import PrecisionSearch
import RandomNumbers
import Testing

@Suite struct DominanceTests {
  /// Few distinct values, so that there are ties.
  private static func points(_ seed: Int) -> [[Double]] {
    var generator = RandomSource(seed: UInt64(seed))
    return (0..<(5 + seed * 3)).map { _ in (0..<2).map { _ in Double(Int(generator.uniform() * 8)) } }
  }

  @Test("each front is what no point of it or of a later front dominates", arguments: 0..<12)
  func fronts(seed: Int) {
    let points = Self.points(seed)
    let fronts = Dominance.fronts(of: points)
    #expect(fronts.joined().sorted() == Array(points.indices))
    var left = Array(points.indices)
    for front in fronts {
      let expected = left.filter { point in
        !left.contains { other in
          // The definition, spelled out for two objectives.
          points[other][0] <= points[point][0] && points[other][1] <= points[point][1]
            && points[other] != points[point]
        }
      }
      #expect(front == expected)
      left.removeAll(where: front.contains)
    }
  }

  @Test("crowding distances: worked by hand")
  func crowding() {
    // Ranges 10 and 8. The second point: (4 - 0) / 10 + (8 - 3) / 8; the third: (10 - 1) / 10 + (5 - 0) / 8.
    let distances = Dominance.crowding(of: [[0, 8], [1, 5], [4, 3], [10, 0]])
    #expect(distances.first == .infinity && distances.last == .infinity)
    #expect(abs(distances[1] - (0.4 + 0.625)) < 1e-12 && abs(distances[2] - (0.9 + 0.625)) < 1e-12)
  }
}

@Suite struct EvolutionTests {
  private static func run(_ seed: UInt64, evaluations: Int = 150) throws -> SearchResult {
    try Search(
      try MadeUpNetwork.problem(), method: EvolutionSearch(),
      options: SearchOptions(evaluations: evaluations, seed: seed)
    ).run(MadeUpNetwork.evaluator())
  }

  @Test("proposes new policies within the budget only, and the same ones for the same seed")
  func proposals() throws {
    let problem = try MadeUpNetwork.problem()
    let result = try Self.run(3)
    #expect(result.episodes.count == 150)
    #expect(
      try result.episodes.allSatisfy { try problem.budgets.admits($0.measured.policy, in: problem.space) })
    let bred = result.episodes.filter { if case .bred(generation: 1...) = $0.origin { true } else { false } }
    #expect(bred.count > 100 && bred.allSatisfy { !$0.isRepeated })
    #expect(try Self.run(3) == result)
    #expect(try Self.run(4).episodes != result.episodes)
  }

  @Test("gives a front from cheap to accurate, of which no point beats another")
  func front() throws {
    let result = try Self.run(1)
    let points = result.episodes.map { (cost: $0.measured.cost, accuracy: $0.measured.accuracy) }
    let front = Set(zip(points, ParetoFront.contains(points)).filter(\.1).map { [$0.0.cost, $0.0.accuracy] })
      .sorted { $0[0] < $1[0] }
    #expect(front.count > 10)
    for (one, next) in zip(front, front.dropFirst()) {
      #expect(one[0] < next[0] && one[1] < next[1])
    }
    #expect(front.last?[1] == result.best?.accuracy)
    let random = try Search(
      try MadeUpNetwork.problem(), method: RandomSearch(),
      options: SearchOptions(evaluations: 150, seed: 1)
    ).run(MadeUpNetwork.evaluator()).best!
    #expect(result.best!.accuracy > random.accuracy)
  }
}

@Suite struct RuleTests {
  @Test("the first and last layer at 8 bit, the others at the largest width that fits")
  func rule() throws {
    let table = try Fixture.table(layers: 4) { _, precision in
      Double(precision.weight.bits * precision.activation.bits)
    }
    for pinning in [SearchSpace.Pinning.none, .firstAndLast(.eight)] {
      let space = try SearchSpace(table, pinning: pinning)
      // 64 + 64 and twice 25 are 178; twice 36 would be 200.
      let problem = SearchProblem(space, budget: try Budget(.latency, .absolute(190), in: space))
      let result = try Search(
        problem, method: RuleSearch(), options: SearchOptions(evaluations: 9, seed: 1)
      ).run(FormulaEvaluator { _ in 0.9 })
      let five = Fixture.precision(5, 5)
      #expect(result.episodes.map(\.measured.policy) == [Policy([.eight, five, five, .eight])])
    }
  }
}
