import Agents
import Core
import Evaluation
import PrecisionSearch
import Testing

@Suite("Methods against each other, at equal evaluations") struct ComparisonTests {
  /// Layers make each other worse, so that what is known of single layers no longer adds up.
  private static func evaluator(interaction: Double, seed: Int) -> FormulaEvaluator {
    func noise(_ policy: Policy?) -> Double {
      guard let policy else { return 0 }
      let single = policy.precisions.enumerated().map { index, precision in
        MadeUpNetwork.noise(index, precision) * [1, 1.6, 0.6, 1.2][(index + seed) % 4]
      }
      let pairs = zip(single, single.dropFirst()).reduce(0) { $0 + ($1.0 * $1.1).squareRoot() }
      return single.reduce(0, +) + interaction * pairs
    }
    return FormulaEvaluator(
      samples: 1000, divergence: { noise($0.policy) },
      accuracy: {
        MadeUpNetwork.accuracy(noise: noise($0.policy))
      })
  }

  private static func mean(_ method: any SearchMethod, interaction: Double, evaluations: Int) throws -> Double
  {
    let problem = try MadeUpNetwork.problem()
    let best = try (1...3).map { seed in
      try Search(
        problem, method: method, options: SearchOptions(evaluations: evaluations, seed: UInt64(seed))
      ).run(evaluator(interaction: interaction, seed: seed)).best!.accuracy
    }
    return best.reduce(0, +) / Double(best.count)
  }

  @Test(
    "auto is at least as good as every single method, on the mean of three networks and seeds",
    arguments: [0, 0.5, 2.0], [12, 40])
  func automatic(interaction: Double, evaluations: Int) throws {
    let automatic = try Self.mean(AutomaticSearch(), interaction: interaction, evaluations: evaluations)
    var options = DDPGOptions()
    (options.hidden1, options.hidden2, options.batch) = (32, 32, 32)
    let others: [(String, any SearchMethod)] = [
      ("ilp", IntegerProgramSearch()), ("greedy", GreedySearch()), ("evolution", EvolutionSearch()),
      ("random", RandomSearch()), ("rule", RuleSearch()), ("uniform", UniformSearch()),
      ("ddpg", AgentSearch(agent: options)),
    ]
    for (name, method) in others {
      let other = try Self.mean(method, interaction: interaction, evaluations: evaluations)
      #expect(automatic >= other - 1e-9, "auto \(automatic), \(name) \(other)")
    }
  }
}

@Suite struct CheapestSearchTests {
  @Test("finds nearly the least cost that keeps the accuracy, which is known")
  func cost() throws {
    let table = try MadeUpNetwork.problem().space.table
    let space = try SearchSpace(table)
    let resource = Resource(.latency)
    let drop = 0.02
    let problem = SearchProblem(
      space, budgets: .unlimited(in: space), objective: .cost(resource, drop: drop))
    let result = try Search(
      problem, method: CheapestSearch(), options: SearchOptions(evaluations: 60, seed: 1)
    ).run(MadeUpNetwork.evaluator())
    let best = try #require(result.best)
    let reference = MadeUpNetwork.accuracy(noise: 0)
    #expect(best.accuracy >= reference - drop - 1e-12)
    // The least whole number of cycles whose best policy is accurate enough, by bisection over the exact optimum.
    var (low, high) = try (Int(space.minimum(of: resource)!), Int(best.cost))
    while low < high {
      let middle = (low + high) / 2
      let budget = try Budget(.latency, .absolute(Double(middle)), in: space)
      if MadeUpNetwork.optimum(SearchProblem(space, budget: budget)) >= reference - drop {
        high = middle
      } else {
        low = middle + 1
      }
    }
    #expect(best.cost <= 1.02 * Double(low), "\(best.cost), least \(low)")
  }

  @Test("a policy that keeps the accuracy is preferred to a cheaper one that does not")
  func preference() {
    let preference = Preference(objective: .cost(Resource(.latency), drop: 0.01), referenceAccuracy: 0.9)
    func measured(_ accuracy: Double, _ cost: Double) -> MeasuredPolicy {
      MeasuredPolicy(
        policy: Policy([]), cost: cost, result: EvaluationResult(accuracy: accuracy, loss: 0, samples: 100))
    }
    #expect(preference.prefers(measured(0.89, 5), to: measured(0.88, 1)))
    #expect(preference.prefers(measured(0.89, 4), to: measured(0.9, 5)))
    #expect(preference.prefers(measured(0.88, 9), to: measured(0.87, 1)))
    #expect(!preference.keepsAccuracy(measured(0.889, 1)))
  }
}
