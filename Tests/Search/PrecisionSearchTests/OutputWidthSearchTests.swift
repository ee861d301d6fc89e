import Core
import Evaluation
import PrecisionSearch
import Testing

/// A cost model whose costs depend on the widths of outputs, by a function of layer, precision and output bits.
private struct StoringModel: CostModel {
  var usesOutputWidths: Bool { true }
  var costs: [Metric: @Sendable (Int, Precision, Int) -> Double]

  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      .cost(Cost(values: costs.mapValues { $0(point.layer, point.precision, point.output?.bits ?? 0) }))
    }
  }
}

@Suite("Budgets on costs that depend on the widths of outputs")
struct OutputWidthSearchTests {
  /// 0 is read by 1 and 2, both of which 3 reads; 3 gives the scores.
  static let readers = [[1, 2], [3], [3], []]
  static let widths = Fixture.widths(2, 4, 8)

  static func network(_ readers: [[Int]] = readers) -> Network {
    var network = Fixture.network(layers: readers.count)
    network.outputReaders = readers
    return network
  }

  /// Costs that are neither monotonic nor regular, in 1...97.
  static func irregular(_ seed: Int) -> @Sendable (Int, Precision, Int) -> Double {
    { layer, precision, output in
      let mixed =
        seed * 31 + layer * 17 + precision.weight.bits * 7 + precision.activation.bits * 13 + output * 5
      return Double(mixed * mixed % 97 + 1)
    }
  }

  /// The longer of arithmetic and of moving operands and results, as on a roofline.
  static let roofline: @Sendable (Int, Precision, Int) -> Double = { layer, precision, output in
    let (weight, activation) = (precision.weight.bits, precision.activation.bits)
    let compute = (layer % 3 + 1) * weight * activation
    return Double(max(compute, 3 * weight + (5 - layer) * activation + (layer + 2) * output) + 1)
  }

  static func space(
    _ costs: [Metric: @Sendable (Int, Precision, Int) -> Double], aggregate: Metric.Aggregate = .sum,
    readers: [[Int]] = readers, pinning: SearchSpace.Pinning = .none, tiedWidths: TiedWidths = .none
  ) throws -> SearchSpace {
    let table = try CostTable(
      of: network(readers), from: StoringModel(costs: costs), weightWidths: widths,
      activationWidths: widths, aggregates: costs.mapValues { _ in aggregate },
      provenance: .withoutHardware("fixture"))
    return try SearchSpace(table, pinning: pinning, tiedWidths: tiedWidths)
  }

  /// The cost of a policy, added up by itself: what the table and the search must agree with.
  static func cost(
    _ policy: Policy, _ formula: (Int, Precision, Int) -> Double, readers: [[Int]] = readers,
    by combine: (Double, Double) -> Double = { $0 + $1 }
  ) -> Double {
    policy.precisions.indices.map { layer in
      let output = readers[layer].map { policy[$0].activation.bits }.max() ?? 32
      return formula(layer, policy[layer], output)
    }.reduce(0, combine)
  }

  @Test("the least reachable cost is that of the cheapest of all policies", arguments: 0..<12)
  func least(seed: Int) throws {
    let formula = seed == 0 ? Self.roofline : Self.irregular(seed)
    for aggregate in [Metric.Aggregate.sum, .max] {
      let space = try Self.space([.latency: formula], aggregate: aggregate)
      let combine: (Double, Double) -> Double = aggregate == .sum ? { $0 + $1 } : { max($0, $1) }
      // 9 pairs for each of 4 layers: 6,561 policies.
      let least = Fixture.policies(of: space).map { Self.cost($0, formula, by: combine) }.min()!
      #expect(try space.minimum(of: Resource(.latency)) == least)
      let below = least.nextDown
      let eightBit = Self.cost(.uniform(.eight, layerCount: 4), formula, by: combine)
      expectError(
        .infeasible(.latency, limit: below, minimum: least, reference: ReferenceCost(.eight, cost: eightBit))
      ) {
        () throws(PrecisionSearchError) in try Budget(.latency, .absolute(below), in: space)
      }
    }
  }

  static func noise(_ layer: Int, _ precision: Precision) -> Double {
    [1.0, 9, 1, 0.2][layer % 4] / Double(1 << (2 * precision.weight.bits))
      + [1.0, 0.3, 6, 5][layer % 4] / Double(1 << (2 * precision.activation.bits))
  }

  static func sensitivity(layers: Int) -> Sensitivity {
    Sensitivity(
      measure: .divergence,
      layers: (0..<layers).map { layer in
        func increases(_ precision: (BitWidth) -> Precision) -> [Sensitivity.Increase] {
          widths.map {
            .init(width: $0, increase: noise(layer, precision($0)) - noise(layer, .eight))
          }
        }
        return .init(
          weight: increases { Precision(weight: $0, activation: .eight) },
          activation: increases { Precision(weight: .eight, activation: $0) })
      })
  }

  @Test("an integer program's solution is the best of all policies within the budget", arguments: 0..<16)
  func program(seed: Int) throws {
    let formula = seed < 4 ? Self.roofline : Self.irregular(seed)
    let readers = [Self.readers, [[1], [2], [3], []], [[1, 2, 3], [2], [], []]][seed % 3]
    let ties = seed % 5 == 0 ? TiedWidths([[1, 2]]) : .none
    let space = try Self.space([.latency: formula], readers: readers, tiedWidths: ties)
    let policies = Fixture.policies(of: space).filter(space.contains)
    let costs = policies.map { Self.cost($0, formula, readers: readers) }
    let sensitivity = Self.sensitivity(layers: 4)
    func increase(_ policy: Policy) -> Double {
      (0..<4).reduce(0) { $0 + sensitivity.increase(layer: $1, at: policy[$1]) }
    }
    for share in [0.1, 0.4, 0.9] {
      let limit = costs.min()! + share * (costs.max()! - costs.min()!)
      let best = zip(policies, costs).filter { $0.1 <= limit }.map { increase($0.0) }.min()!
      let budgets = try BudgetSet([BudgetRequest(.latency, .absolute(limit))], in: space)
      let solution = try PrecisionProgram(
        SearchProblem(space, budgets: budgets), sensitivity: sensitivity
      ).solve()
      #expect(Self.cost(solution.policy, formula, readers: readers) <= limit)
      // A bit more is worth a billionth of a nat, of which a policy has at most 4 x 2 x 31.
      #expect(solution.increase <= best + 3e-7, "\(solution.increase), best \(best)")
      #expect(solution.gap < 1e-6)
    }
  }

  @Test("two budgets at once, one of which does not depend on outputs", arguments: 0..<6)
  func twoBudgets(seed: Int) throws {
    let latency = Self.irregular(seed)
    let bytes: @Sendable (Int, Precision, Int) -> Double = {
      Double(($0 + 1) * $1.weight.bits) + 0 * Double($2)
    }
    let space = try Self.space([.latency: latency, .weightBytes: bytes])
    let policies = Fixture.policies(of: space)
    let sensitivity = Self.sensitivity(layers: 4)
    func increase(_ policy: Policy) -> Double {
      (0..<4).reduce(0) { $0 + sensitivity.increase(layer: $1, at: policy[$1]) }
    }
    // 10 x 5 bits of weights at most, and a latency that half of these policies have.
    let small = policies.filter { Self.cost($0, bytes) <= 50 }
    let limit = small.map { Self.cost($0, latency) }.sorted()[small.count / 2]
    let best = small.filter { Self.cost($0, latency) <= limit }.map(increase).min()!
    let budgets = try BudgetSet(
      [BudgetRequest(.latency, .absolute(limit)), BudgetRequest(.weightBytes, .absolute(50))], in: space)
    let solution = try PrecisionProgram(
      SearchProblem(space, budgets: budgets), sensitivity: sensitivity
    ).solve()
    #expect(Self.cost(solution.policy, latency) <= limit && Self.cost(solution.policy, bytes) <= 50)
    #expect(solution.increase <= best + 3e-7, "\(solution.increase), best \(best)")
  }

  @Test(
    "every method keeps the budget, and says what policies cost",
    arguments: NetworkCostTests.methods.map(\.name))
  func everyMethod(name: String) throws {
    let method = try #require(NetworkCostTests.methods.first { $0.name == name }).method
    let readers = [[1, 2], [2], [3, 4], [5], [5], []]
    let space = try Self.space([.latency: Self.roofline], readers: readers)
    let problem = SearchProblem(
      space, budgets: try BudgetSet([BudgetRequest(.latency, .relative(0.7))], in: space))
    let limit =
      0.7 * Self.cost(.uniform(.eight, layerCount: 6), Self.roofline, readers: readers)
    let result = try Search(problem, method: method, options: SearchOptions(evaluations: 60, seed: 1))
      .run(NetworkCostTests.evaluator())
    #expect(!result.episodes.isEmpty)
    for episode in result.episodes {
      let cost = Self.cost(episode.measured.policy, Self.roofline, readers: readers)
      #expect(cost <= limit && episode.measured.cost == cost)
    }
  }

  @Test("the cheapest policy that keeps the accuracy is near the cheapest of all that do")
  func cheapest() throws {
    let space = try Self.space([.latency: Self.roofline])
    let problem = SearchProblem(
      space, budgets: .unlimited(in: space), objective: .cost(Resource(.latency), drop: 0.05))
    let result = try Search(
      problem, method: CheapestSearch(), options: SearchOptions(evaluations: 100, seed: 1)
    ).run(NetworkCostTests.evaluator())
    let best = try #require(result.best)
    #expect(best.cost == Self.cost(best.policy, Self.roofline) && best.accuracy >= 0.85)
    let optimum = Fixture.policies(of: space).filter { NetworkCostTests.divergence(of: $0) <= 0.05 }
      .map { Self.cost($0, Self.roofline) }.min()!
    #expect(best.cost <= 1.1 * optimum, "\(best.cost) against \(optimum)")
  }

  @Test("held layers settle the outputs that they read")
  func pinned() throws {
    let space = try Self.space(
      [.latency: Self.irregular(3)], readers: [[1], [2], [3], []], pinning: .firstAndLast(.eight))
    let least = Fixture.policies(of: space)
      .map { Self.cost($0, Self.irregular(3), readers: [[1], [2], [3], []]) }.min()!
    #expect(try space.minimum(of: Resource(.latency)) == least)
  }
}
