import Core
import Evaluation
import Foundation
import PrecisionSearch
import Predictors
import Testing

/// Six alike layers in a chain on a predicted device: 10 us at W8A8 and 20 us at W32A32, and what a network adds.
///
/// An output is stored as the next layer reads it, the last one in floats. `latency` adds a policy up by itself.
private struct PredictedChain {
  static let layerCount = 6
  static let wide = Precision(weight: .float, activation: .float)

  /// Seconds, of the network once, and of each output in more and in fewer bits than its layer reads.
  var constant = 0.0
  var widening: Double
  var narrowing: Double

  /// Wide in layers 0, 2 and 4.
  static let alternating = Policy((0..<layerCount).map { $0 % 2 == 0 ? wide : .eight })

  /// All 64.
  static let policies = (0..<(1 << layerCount)).map { code in
    Policy((0..<layerCount).map { code >> $0 & 1 == 1 ? wide : .eight })
  }

  static func sumOfLayers(_ policy: Policy) -> Double {
    policy.precisions.reduce(0) { $0 + ($1 == wide ? 20e-6 : 10e-6) }
  }

  func latency(_ policy: Policy) -> Double {
    var latency = constant + Self.sumOfLayers(policy)
    for layer in 0..<Self.layerCount {
      let isWide = policy[layer] == Self.wide
      let isStoredWide = layer + 1 == Self.layerCount || policy[layer + 1] == Self.wide
      if isStoredWide, !isWide { latency += widening }
      if isWide, !isStoredWide { latency += narrowing }
    }
    return latency
  }

  /// A predictor's file as docs/predictor.md describes it, whose rooflines are fixed costs alone.
  private func predictor() throws -> Predictor {
    let features = LayerRun.featureNames
    func part(_ precision: Precision, _ seconds: Double) -> [String: Any] {
      [
        "precision": "\(precision)",
        "rooflines": ["pointwise": ["fixed_s": seconds, "s_per_mac": 1e-30, "s_per_byte": 1e-30]],
        "scaling": ["means": features.map { _ in 0 }, "deviations": features.map { _ in 1 }],
        "covariance": ["lengths": features.map { _ in 1 }, "signal": 1e-3, "noise": 1e-3], "widening": 1,
        "points": ["convolution,1,8,8,4x4,4x4,1x1,1x1,1x1,1,\(seconds)"],
      ]
    }
    let file: [String: Any] = [
      "schema": "haq.predictor/1.0", "program_version": "0", "tables": [String](), "least_batch": 1,
      "greatest_batch": 1, "correlation": 0.2, "features": features,
      "columns": "\(LayerRun.columns),latency_s",
      "precisions": [part(.eight, 10e-6), part(Self.wide, 20e-6)],
      "network": [
        "coefficients": [
          "share_of_layers": 1, "s_per_network": constant, "s_per_widening": widening,
          "s_per_narrowing": narrowing,
        ], "deviation": 0.01, "networks": 1, "runs": 1,
      ] as [String: Any],
    ]
    return try Predictor(reading: JSONSerialization.data(withJSONObject: file), file: "predictor.json")
  }

  /// Of networks with what lies between layers, or of layers alone.
  func space(ofNetwork isWhole: Bool = true) throws -> SearchSpace {
    let layers = (0..<Self.layerCount).map {
      Layer(
        name: "\($0)", kind: .convolution, inputChannels: 8, outputChannels: 8, input: Extent(square: 4),
        output: Extent(square: 4))
    }
    let network = Network(
      name: "chain", layers: layers,
      outputReaders: (0..<Self.layerCount).map { $0 + 1 < Self.layerCount ? [$0 + 1] : [] })
    let predictor = try predictor()
    func table(_ model: some CostModel) throws -> CostTable {
      try CostTable(
        of: network, from: model, weightWidths: [.eight, .float], activationWidths: [.eight, .float],
        widthRules: WidthRules(pairs: .equal), aggregates: [.latency: .sum],
        provenance: .withoutHardware("chain"))
    }
    guard isWhole else {
      return try SearchSpace(table(PredictedCostModel(predictor, file: "predictor.json")), pinning: .none)
    }
    let model = try #require(PredictedNetworkModel(predictor, file: "predictor.json"))
    return try SearchSpace(table(model), pinning: .none)
  }

  /// What 8 bits do to the accuracy of each layer: without boundaries, layers 0, 2 and 4 are the first to keep floats.
  static let losses = [0.10, 0.02, 0.09, 0.01, 0.08, 0.01]

  static func loss(_ policy: Policy) -> Double {
    zip(policy.precisions, losses).reduce(0) { $0 + ($1.0 == wide ? 0 : $1.1) }
  }

  static let sensitivity = Sensitivity(
    measure: .divergence,
    layers: losses.map { loss in
      let increases = [(BitWidth.eight, loss / 2), (.float, 0)].map {
        Sensitivity.Increase(width: $0.0, increase: $0.1)
      }
      return .init(weight: increases, activation: increases)
    })

  /// The policy with the least loss among those within the limit.
  static func best(within limit: Double, by cost: (Policy) -> Double) -> Policy? {
    policies.filter { cost($0) <= limit }.min { loss($0) < loss($1) }
  }
}

@Suite("Budgets hold for networks, not for sums of layers")
struct NetworkBudgetTests {
  private static let cheap = PredictedChain(constant: 12e-6, widening: 5e-6, narrowing: 10e-6)
  /// By hand, as a sum of layers alternating formats take 90 us; with 12 us, three outputs of 5 us and three of 10 us, 147.
  private static let limit = 109e-6

  private func solution(_ space: SearchSpace, within limit: Double) throws -> Policy {
    let budgets = try BudgetSet([BudgetRequest(.latency, .absolute(limit))], in: space)
    return try PrecisionProgram(
      SearchProblem(space, budgets: budgets), sensitivity: PredictedChain.sensitivity
    ).solve().policy
  }

  @Test("the table has every policy as the network takes it, and beside it what its layers add up to")
  func totals() throws {
    let table = try Self.cheap.space().table
    for policy in PredictedChain.policies {
      let total = try #require(try table.total(.latency, of: policy))
      #expect(abs(total - Self.cheap.latency(policy)) < 1e-12)
      let gap = try #require(table.networkGaps(of: policy, totals: [.latency: total])[.latency])
      #expect(abs(gap.sumOfLayers - PredictedChain.sumOfLayers(policy)) < 1e-12 && gap.network == total)
    }
    let alternating = try #require(try table.total(.latency, of: PredictedChain.alternating))
    #expect(abs(alternating - 147e-6) < 1e-12)
    let alone = try Self.cheap.space(ofNetwork: false).table
    #expect(alone.networkGaps(of: PredictedChain.alternating, totals: [.latency: 90e-6]).isEmpty)
  }

  @Test(
    "a budget that alternating formats meet as a sum of layers, and nothing meets with boundaries, is refused"
  )
  func refused() throws {
    // By hand: every policy has a boundary of 50 or 60 us, or all of its layers take 20 us.
    let chain = PredictedChain(widening: 60e-6, narrowing: 50e-6)
    let least = try #require(PredictedChain.policies.map(chain.latency).min())
    #expect(abs(least - 120e-6) < 1e-12)
    let limit = 95e-6
    let alone = try chain.space(ofNetwork: false)
    #expect(try #require(try alone.table.total(.latency, of: PredictedChain.alternating)) <= limit)
    #expect(throws: Never.self) { try Budget(.latency, .absolute(limit), in: alone) }
    let space = try chain.space()
    do throws(PrecisionSearchError) {
      _ = try Budget(.latency, .absolute(limit), in: space)
      Issue.record("no error")
    } catch {
      guard case .infeasible(.latency, limit, let minimum, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(abs(minimum - least) < 1e-12)
    }
  }

  @Test(
    "an integer program chooses alternating formats for a sum of layers, and the best of all policies for a network"
  )
  func program() throws {
    // 97 us are enough for three layers in floats.
    let alone = try solution(Self.cheap.space(ofNetwork: false), within: Self.limit - 12e-6)
    #expect(alone == PredictedChain.alternating, "\(alone.text)")
    // By hand: in 97 us, with boundaries, 3 layers at the end, or 2 elsewhere; layers 0 and 1 lose most.
    let best = try #require(PredictedChain.best(within: Self.limit, by: Self.cheap.latency))
    #expect(best != PredictedChain.alternating)
    let chosen = try solution(Self.cheap.space(), within: Self.limit)
    #expect(chosen == best, "\(chosen.text)")
  }

  @Test(
    "no method measures a policy whose network is beyond the budget",
    arguments: NetworkCostTests.methods.map(\.name))
  func everyMethod(name: String) throws {
    let method = try #require(NetworkCostTests.methods.first { $0.name == name }).method
    let space = try Self.cheap.space()
    let problem = SearchProblem(
      space, budgets: try BudgetSet([BudgetRequest(.latency, .absolute(Self.limit))], in: space))
    let evaluator = FormulaEvaluator(
      samples: 100, divergence: { PredictedChain.loss($0.policy!) },
      accuracy: { request in 0.9 - (request.policy.map(PredictedChain.loss) ?? 0) })
    let result = try Search(problem, method: method, options: SearchOptions(evaluations: 30, seed: 1))
      .run(evaluator)
    #expect(!result.episodes.isEmpty)
    for episode in result.episodes {
      #expect(Self.cheap.latency(episode.measured.policy) <= Self.limit + 1e-12)
    }
    #expect(!result.episodes.contains { $0.measured.policy == PredictedChain.alternating })
  }
}
