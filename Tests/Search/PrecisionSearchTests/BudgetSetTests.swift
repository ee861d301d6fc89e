import Core
import Evaluation
import PrecisionSearch
import Testing

@Suite struct BudgetsTests {
  private static let widths = Fixture.widths(2, 4, 8)

  /// Latency and energy without any order, and bytes that grow with the weights.
  private static func space(_ seed: Int, aggregates: [Metric: Metric.Aggregate] = [:]) throws -> SearchSpace {
    try SearchSpace(
      try Fixture.table(
        layers: 3, widths: widths, aggregates: aggregates,
        costs: [
          .latency: Fixture.irregular(seed), .energy: Fixture.irregular(seed + 50),
          .weightBytes: { Double(($0 + 1) * $1.weight.bits) },
        ]), pinning: .none)
  }

  private static func requests(_ limits: [(Metric, Double)]) -> [BudgetRequest] {
    limits.map { BudgetRequest($0.0, .absolute($0.1)) }
  }

  @Test(
    "several limits are possible together exactly when a policy is within all of them", arguments: 0..<40)
  func feasible(seed: Int) throws {
    let space = try Self.space(seed, aggregates: seed % 4 == 0 ? [.energy: .max] : [:])
    let policies = Fixture.policies(of: space)
    func costs(_ metric: Metric) throws -> [Double] {
      try policies.map { try space.total(Resource(metric), of: $0)! }.sorted()
    }
    // Each within reach by itself, from barely to easily.
    let metrics: [Metric] = [.latency, .energy, .weightBytes]
    let limits = try metrics.enumerated().map { index, metric in
      let sorted = try costs(metric)
      return (metric, sorted[sorted.count * ((seed + index * 3) % 8) / 40])
    }
    func within(_ limits: [(Metric, Double)]) throws -> [Policy] {
      try policies.filter { policy in
        try limits.allSatisfy { try space.total(Resource($0.0), of: policy)! <= $0.1 }
      }
    }
    let admitted = try within(limits)
    let resolved = Result { () throws(PrecisionSearchError) in
      try BudgetSet(Self.requests(limits), in: space)
    }
    switch resolved {
    case .success(let budgets):
      #expect(try policies.filter { try budgets.admits($0, in: space) } == admitted && !admitted.isEmpty)
      let sweep = BudgetSweep(space, budgets: budgets)
      for policy in policies {
        let lowered = try sweep.lowered(policy)
        #expect(try budgets.admits(lowered, in: space))
        if try budgets.admits(policy, in: space) { #expect(lowered == policy) }
      }
    case .failure(.conflict(let conflict)):
      #expect(admitted.isEmpty)
      let named = conflict.map { ($0.budget.metric, $0.budget.limit) }
      #expect(try within(named).isEmpty)
      for limit in conflict {
        let others = try within(named.filter { $0.0 != limit.budget.metric })
        let least = try others.map { try space.total(limit.budget.resource, of: $0)! }.min()
        #expect(limit.leastBesideOthers == least)
      }
    case .failure(let error): throw error
    }
  }

  @Test("all that is wrong with single limits is reported at once")
  func several() throws {
    let space = try Self.space(1)
    expectError(
      .several([
        .infeasible(
          .weightBytes, limit: 5, minimum: 12, reference: ReferenceCost(.eight, cost: 48)),
        .metricUnavailable(.trafficBytes, available: Array(space.table.aggregates.keys)),
      ])
    ) { () throws(PrecisionSearchError) in
      try BudgetSet(
        [
          BudgetRequest(.latency, .relative(1)), BudgetRequest(.weightBytes, .absolute(5)),
          BudgetRequest(.trafficBytes, .absolute(1)),
        ], in: space)
    }
  }

  @Test("one policy is within the limits of two targets, each relative to its own 8 bit")
  func targets() throws {
    let tables = try [1.0, 3.0].map { factor in
      try Fixture.table(
        layers: 4, widths: Self.widths,
        costs: [
          .latency: { factor * Double(($0 + 1) * $1.weight.bits) + Double($1.activation.bits) / factor }
        ],
        target: "target\(Int(factor))")
    }
    let space = try SearchSpace(tables, pinning: .none)
    let budgets = try BudgetSet(
      [BudgetRequest(.latency, .relative(0.5)), BudgetRequest(.latency, .relative(0.5), target: 1)], in: space
    )
    // Layers 1...4 of 8 bits: 80 + 4 x 8 = 112, and 3 x 80 + 32 / 3.
    #expect(
      try budgets.map(\.limit) == [
        56, 0.5 * tables[1].total(.latency, of: .uniform(.eight, layerCount: 4))!,
      ])
    let lowered = try BudgetSweep(space, budgets: budgets).lowered(.uniform(.eight, layerCount: 4))
    #expect(try budgets.allSatisfy { try $0.admits(lowered, in: space) })
    // 3 x (1 + 2 + 3 + 4) x 2 and four times 2 / 3.
    let minimum = budgets[1].minimum
    #expect(abs(minimum - (60 + 8 / 3.0)) < 1e-9)
    expectError(
      .onTarget(
        "target3", .infeasible(.latency, limit: 1, minimum: minimum, reference: budgets[1].comparison))
    ) { () throws(PrecisionSearchError) in
      try BudgetSet([BudgetRequest(.latency, .absolute(1), target: 1)], in: space)
    }
  }

  @Test("precisions are those that all targets can run")
  func common() throws {
    let tables = try [Fixture.widths(2, 4, 8), Fixture.widths(3, 4, 8)].map {
      try Fixture.table(layers: 3, widths: $0) { _, _ in 1 }
    }
    let space = try SearchSpace(tables)
    #expect(space.weightWidths(ofLayer: 1) == Fixture.widths(4, 8))
  }
}

@Suite struct TiedWidthsTests {
  @Test("sets that share a layer are one")
  func merging() {
    let tiedWidths = TiedWidths([[4, 2], [7], [1, 5], [2, 6]])
    #expect(tiedWidths.sets == [[1, 5], [2, 4, 6]])
    #expect(tiedWidths.leader(of: 6) == 2 && tiedWidths.leader(of: 3) == 3)
  }

  private static func space(_ seed: Int, pinning: SearchSpace.Pinning = .none) throws -> SearchSpace {
    try SearchSpace(
      try Fixture.table(layers: 4, widths: Fixture.widths(2, 4, 8), latency: Fixture.irregular(seed)),
      pinning: pinning, tiedWidths: TiedWidths([[0, 2, 3]]))
  }

  private static func tied(_ space: SearchSpace) -> [Policy] {
    Fixture.policies(of: space).filter { policy in
      Set([0, 2, 3].map { policy[$0].activation }).count == 1
    }
  }

  @Test("the minimum, the sweep and the integer program keep to them: equals brute force", arguments: 0..<12)
  func bruteForce(seed: Int) throws {
    let space = try Self.space(seed)
    let policies = Self.tied(space)
    #expect(Fixture.policies(of: space).filter(space.contains) == policies)
    let costs = try policies.map { try space.table.total(.latency, of: $0)! }.sorted()
    let budget = try Budget(.latency, .absolute(costs[costs.count / 5]), in: space)
    #expect(budget.minimum == costs[0])
    let problem = SearchProblem(space, budget: budget)
    let sweep = BudgetSweep(space, budgets: problem.budgets)
    #expect(
      try policies.allSatisfy {
        let lowered = try sweep.lowered($0)
        return try space.contains(lowered) && budget.admits(lowered, in: space)
      })

    func noise(_ policy: Policy) -> Double {
      let activation = 5 / Double(policy[0].activation.bits) + 2 / Double(policy[1].activation.bits)
      return policy.precisions.enumerated().reduce(activation) {
        $0 + Double(($1.offset * 3 + seed) % 5 + 1) / Double($1.element.weight.bits)
      }
    }
    let evaluator = FormulaEvaluator(samples: 1000, divergence: { noise($0.policy!) }, accuracy: { _ in 0.9 })
    let found = try Search(
      problem, method: IntegerProgramSearch(), options: SearchOptions(evaluations: 90, seed: 1)
    ).run(evaluator).best!.policy
    let least = try policies.filter { try budget.admits($0, in: space) }.map(noise).min()!
    #expect(abs(noise(found) - least) < 1e-6, "\(noise(found)), least \(least)")
  }

  @Test("one decision settles the activations of a set")
  func decisions() throws {
    let space = try Self.space(1)
    let budget = try Budget(.latency, .absolute(10_000), in: space)
    let environment = AgentEnvironment(SearchProblem(space, budget: budget))
    #expect(environment.decisions.map(\.layer) == [0, 0, 1, 1, 2, 3])
    #expect(
      environment.decisions.map(\.role) == [.weight, .activation, .weight, .activation, .weight, .weight])
    var walk = environment.begin()
    for action in [1, 0.5, 0, 1, 0, 0.5] { walk.take(action) }
    let expected = [(8, 4), (2, 8), (2, 4), (4, 4)].map(Fixture.precision)
    #expect(try environment.policy(after: walk) == Policy(expected))
  }

  @Test("every method keeps tied widths")
  func methods() throws {
    let space = try Self.space(3)
    let costs = try Self.tied(space).map { try space.table.total(.latency, of: $0)! }.sorted()
    let budget = try Budget(.latency, .absolute(costs[costs.count / 3]), in: space)
    let problem = SearchProblem(space, budget: budget)
    let evaluator = FormulaEvaluator(samples: 1000, divergence: { _ in 0.1 }, accuracy: { _ in 0.9 })
    let methods: [any SearchMethod] = [AutomaticSearch(), GreedySearch(), EvolutionSearch(), RandomSearch()]
    for method in methods {
      let result = try Search(problem, method: method, options: SearchOptions(evaluations: 30, seed: 1))
        .run(evaluator)
      #expect(!result.episodes.isEmpty)
      #expect(result.episodes.allSatisfy { space.contains($0.measured.policy) }, "\(method)")
    }
  }

  @Test("a uniform policy keeps the activations that are tied to those of a held layer")
  func uniform() throws {
    // Layers 0, 2 and 3 are tied, 0 and 3 are held at 8 bit: 2 has 8-bit activations, whatever is uniform.
    let space = try Self.space(0, pinning: .firstAndLast(.eight))
    let four = BitWidth(4)!
    let beside = Precision(weight: four, activation: .eight)
    #expect(
      space.uniform(Precision(weight: four, activation: four))
        == Policy([.eight, Precision(weight: four, activation: four), beside, .eight]))
  }

  @Test("layers without a common activation width are named")
  func none() throws {
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(2, 8)) { layer, precision in
      (layer == 1) == (precision.activation == .eight) ? 1 : nil
    }
    expectError(.noCommonActivationWidth(layers: ["layer1", "layer2"])) { () throws(PrecisionSearchError) in
      try SearchSpace(table, pinning: .none, tiedWidths: TiedWidths([[1, 2]]))
    }
  }
}
