import Core
import Evaluation
import PrecisionSearch
import Synchronization
import Testing

/// A pipeline of one stage per layer: the first sample passes all stages, the others leave at the pace of the slowest.
final class PipelineModel: NetworkCostModel {
  static let batch = 8.0

  struct Broken: Error, CustomStringConvertible { let description = "the pipeline broke" }

  private let isBroken = Mutex(false)

  func shatter() { isBroken.withLock { $0 = true } }

  static func stage(_ layer: Int, _ precision: Precision) -> Double {
    Double((layer % 3 + 1) * precision.weight.bits * precision.activation.bits)
  }

  static func latency(_ policy: Policy) -> Double {
    let stages = policy.precisions.enumerated().map { stage($0.offset, $0.element) }
    return stages.reduce(0, +) + (batch - 1) * stages.max()!
  }

  func costs(of policies: [Policy]) throws -> [Cost] {
    if isBroken.withLock({ $0 }) { throw Broken() }
    return policies.map { Cost(values: [.latency: Self.latency($0)]) }
  }
}

@Suite("Budgets on networks as a whole")
struct NetworkCostTests {
  static func table(
    layers: Int, widths: [BitWidth], model: PipelineModel = PipelineModel()
  ) throws -> CostTable {
    try CostTable(
      of: Fixture.network(layers: layers),
      from: FormulaModel { PipelineModel.batch * PipelineModel.stage($0, $1) }, weightWidths: widths,
      activationWidths: widths, aggregates: [.latency: .network],
      provenance: .withoutHardware("pipeline"),
      networkModel: model)
  }

  static let widths = Fixture.widths(2, 4, 8)

  @Test("a total is the target's own, not what the layers add up to")
  func totals() throws {
    let table = try Self.table(layers: 3, widths: Self.widths)
    // Stages of 1, 2 and 3 times 64; by hand 64 + 128 + 192 + 7 x 192 = 1728; alone, 8 x 384 = 3072.
    let eight = Policy.uniform(.eight, layerCount: 3)
    #expect(try table.total(.latency, of: eight) == 1728)
    #expect(table.layerSum(.latency, of: eight) == 3072)
    #expect(try table.total(.latency, of: Policy.uniform(Fixture.precision(3, 8), layerCount: 3)) == nil)
  }

  @Test("a small space is tried whole, so that the least is proven")
  func provenLeast() throws {
    // 3 layers x 9 pairs: 729 policies.
    let space = try SearchSpace(try Self.table(layers: 3, widths: Self.widths), pinning: .none)
    let least = Fixture.policies(of: space).map(PipelineModel.latency).min()!
    // By hand, all at W2A2: 4 + 8 + 12 + 7 x 12 = 108.
    #expect(least == 108)
    #expect(try Budget(.latency, .absolute(108), in: space).minimum == 108)
    expectError(.infeasible(.latency, limit: 107, minimum: 108, reference: ReferenceCost(.eight, cost: 1728)))
    {
      () throws(PrecisionSearchError) in try Budget(.latency, .absolute(107), in: space)
    }
  }

  @Test("4,096 policies are still tried whole")
  func largestProven() throws {
    // 6 layers x 4 pairs: 4^6 = 4,096 policies.
    let space = try SearchSpace(
      try Self.table(layers: 6, widths: Fixture.widths(2, 8)), pinning: .none)
    // By hand, all at W2A2: stages of 4, 8, 12, 4, 8, 12, together 48; 48 + 7 x 12 = 132. At W8A8 16 times that.
    expectError(.infeasible(.latency, limit: 131, minimum: 132, reference: ReferenceCost(.eight, cost: 2112)))
    {
      () throws(PrecisionSearchError) in try Budget(.latency, .absolute(131), in: space)
    }
  }

  @Test("in a larger space the least is looked for, and an error says that this is no proof")
  func soughtLeast() throws {
    let space = try SearchSpace(try Self.table(layers: 8, widths: Self.widths), pinning: .none)
    // By hand, all at W2A2: stages of 4, 8, 12, 4, 8, 12, 4, 8, together 60; 60 + 7 x 12 = 144.
    do throws(PrecisionSearchError) {
      _ = try Budget(.latency, .absolute(143), in: space)
      Issue.record("no error")
    } catch {
      guard case .notFound(.latency, 143, 144, let tried, let reference) = error else {
        Issue.record("\(error)")
        return
      }
      // Two policies to begin with, then 9 of each of 8 layers.
      #expect(tried == 2 + 72)
      // Stages of 64, 128, 192, 64, 128, 192, 64, 128.
      #expect(reference.cost == 960.0 + 7 * 192)
      #expect("\(error)".contains("does not prove"))
    }
    #expect(try Budget(.latency, .absolute(144), in: space).minimum == 144)
  }

  @Test("pinned layers bound what can be reached")
  func pinned() throws {
    let space = try SearchSpace(try Self.table(layers: 8, widths: Self.widths))
    // Layers 0 and 7 stay at 64 and 128; the others at 8 + 12 + 4 + 8 + 12 + 4 = 48; 240 + 7 x 128 = 1136.
    #expect(try space.minimum(of: Resource(.latency)) == 1136)
  }

  /// Six layers, uneven in both cost and sensitivity.
  static func problem(
    share: Double, layers: Int = 6, widths: [BitWidth] = widths, tiedWidths: TiedWidths = .none,
    model: PipelineModel = PipelineModel()
  ) throws -> SearchProblem {
    let space = try SearchSpace(
      try table(layers: layers, widths: widths, model: model), pinning: .none, tiedWidths: tiedWidths)
    return SearchProblem(
      space, budgets: try BudgetSet([BudgetRequest(.latency, .relative(share))], in: space))
  }

  /// Quantization noise falls by four per bit; every layer has its own sensitivity.
  static func noise(_ layer: Int, _ precision: Precision) -> Double {
    [1.0, 9, 1, 0.2, 4, 1][layer % 6] / Double(1 << (2 * precision.weight.bits))
      + [1.0, 0.3, 6, 5, 0.1, 1][layer % 6] / Double(1 << (2 * precision.activation.bits))
  }

  static func evaluator() -> FormulaEvaluator {
    FormulaEvaluator(
      samples: 100, divergence: { divergence(of: $0.policy!) },
      accuracy: { request in
        request.policy.map { 0.9 - min(0.8, divergence(of: $0)) } ?? 0.9
      })
  }

  static func divergence(of policy: Policy) -> Double {
    policy.precisions.enumerated().reduce(0) { $0 + noise($1.offset, $1.element) }
  }

  static let methods: [(name: String, method: any SearchMethod)] = [
    ("auto", AutomaticSearch()), ("ilp", IntegerProgramSearch()), ("greedy", GreedySearch()),
    ("ddpg", AgentSearch()), ("evolution", EvolutionSearch()), ("random", RandomSearch()),
    ("uniform", UniformSearch()), ("rule", RuleSearch()),
  ]

  @Test("every method keeps the network's own cost within the budget", arguments: methods.map(\.name))
  func everyMethod(name: String) throws {
    let method = try #require(Self.methods.first { $0.name == name }).method
    // The rule holds the last layer, the slowest, at 8 bit: at least 288 + 7 x 192 of 2112.
    for share in name == "rule" ? [0.8] : [0.3, 0.7] {
      let problem = try Self.problem(share: share)
      let limit = share * PipelineModel.latency(.uniform(.eight, layerCount: 6))
      let result = try Search(problem, method: method, options: SearchOptions(evaluations: 60, seed: 1))
        .run(Self.evaluator())
      #expect(!result.episodes.isEmpty)
      for episode in result.episodes {
        #expect(PipelineModel.latency(episode.measured.policy) <= limit)
        #expect(episode.measured.cost == PipelineModel.latency(episode.measured.policy))
      }
    }
  }

  @Test("the cheapest policy that keeps the accuracy is cheap by the network's own cost")
  func cheapest() throws {
    let space = try SearchSpace(try Self.table(layers: 4, widths: Self.widths), pinning: .none)
    let objective = Objective.cost(Resource(.latency), drop: 0.05)
    let problem = SearchProblem(space, budgets: .unlimited(in: space), objective: objective)
    let result = try Search(
      problem, method: CheapestSearch(), options: SearchOptions(evaluations: 100, seed: 1)
    ).run(Self.evaluator())
    let best = try #require(result.best)
    #expect(best.cost == PipelineModel.latency(best.policy) && best.accuracy >= 0.85)
    let optimum = Fixture.policies(of: space).filter { Self.divergence(of: $0) <= 0.05 }
      .map(PipelineModel.latency).min()!
    #expect(best.cost <= 1.1 * optimum, "\(best.cost) against \(optimum)")
  }

  @Test(
    "the integer program's solution is confirmed by the target, near the best of all, and knows how near at most",
    arguments: [0.15, 0.3, 0.5, 0.8, 1.0])
  func program(share: Double) throws {
    let problem = try Self.problem(share: share, layers: 4)
    let sensitivity = Sensitivity(
      measure: .divergence,
      layers: (0..<4).map { layer in
        func increases(_ cost: (BitWidth) -> Precision) -> [Sensitivity.Increase] {
          Self.widths.map {
            .init(
              width: $0, increase: Self.noise(layer, cost($0)) - Self.noise(layer, .eight))
          }
        }
        return .init(
          weight: increases { Precision(weight: $0, activation: .eight) },
          activation: increases { Precision(weight: .eight, activation: $0) })
      })
    func increase(_ policy: Policy) -> Double {
      (0..<4).reduce(0) { $0 + sensitivity.increase(layer: $1, at: policy[$1]) }
    }
    let limit = share * PipelineModel.latency(.uniform(.eight, layerCount: 4))
    let best = Fixture.policies(of: problem.space).filter { PipelineModel.latency($0) <= limit }
      .map(increase).min()!
    let solution = try PrecisionProgram(problem, sensitivity: sensitivity).solve()
    #expect(PipelineModel.latency(solution.policy) <= limit)
    #expect(abs(solution.increase - increase(solution.policy)) < 1e-12)
    #expect(solution.increase <= 1.05 * best + 1e-6, "\(solution.increase) against \(best)")
    #expect(best >= solution.increase * (1 - solution.gap) - 1e-6)
    if share == 1 { #expect(solution.gap < 1e-9) }
  }

  @Test("tied layers keep one activation width on the way")
  func tied() throws {
    let problem = try Self.problem(share: 0.3, tiedWidths: TiedWidths([[1, 2], [3, 5]]))
    for method in [GreedySearch() as any SearchMethod, IntegerProgramSearch(), RandomSearch()] {
      let result = try Search(problem, method: method, options: SearchOptions(evaluations: 30, seed: 2))
        .run(Self.evaluator())
      #expect(result.episodes.allSatisfy { problem.space.contains($0.measured.policy) })
    }
  }

  @Test("a target that fails ends a search with its reason, and no other", arguments: methods.map(\.name))
  func failingSearch(name: String) throws {
    let method = try #require(Self.methods.first { $0.name == name }).method
    let model = PipelineModel()
    let problem = try Self.problem(share: 0.4, model: model)
    model.shatter()
    do {
      let result = try Search(problem, method: method, options: SearchOptions(evaluations: 500, seed: 1))
        .run(Self.evaluator())
      Issue.record("\(result.episodes.count) episodes, and no error")
    } catch {
      #expect(
        "\(error.cause)" == "no cost of network \"fixture\" as a whole: the pipeline broke", "\(error)")
    }
  }

  @Test("a target that fails has no budgets, whatever else follows from that")
  func failingBudget() throws {
    let model = PipelineModel()
    model.shatter()
    let table = try Self.table(layers: 3, widths: Self.widths, model: model)
    let space = try SearchSpace(table, pinning: .none)
    expectError(.networkFailed("no cost of network \"fixture\" as a whole: the pipeline broke")) {
      () throws(PrecisionSearchError) in
      try BudgetSet([BudgetRequest(.latency, .relative(0.5))], in: space)
    }
    #expect(throws: NetworkCostFailure.self) {
      try table.total(.latency, of: .uniform(.eight, layerCount: 3))
    }
  }
}
