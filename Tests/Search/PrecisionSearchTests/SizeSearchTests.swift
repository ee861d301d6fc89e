import Core
import Evaluation
import PrecisionSearch
import Testing

/// Searches where weights alone are quantized.
@Suite struct SizeSearchTests {
  private let floats = BitWidth.float

  /// Three convolutions of 10 bytes a bit and a fully connected layer of 100 bytes a bit.
  private func space() throws -> SearchSpace {
    let network = Network(
      name: "sized",
      layers: (0..<4).map {
        Layer(
          name: "layer\($0)", kind: $0 < 3 ? .convolution : .fullyConnected, inputChannels: 1,
          outputChannels: 1)
      })
    let table = try CostTable(
      of: network,
      from: MetricsModel(costs: [
        .weightBytes: { layer, precision in Double(precision.weight.bits * (layer < 3 ? 10 : 100)) }
      ]), weightWidths: BitWidth.all(from: BitWidth(2)!, through: .eight), activationWidths: [.float],
      aggregates: [.weightBytes: .sum],
      provenance: .withoutHardware("codebooks"))
    return try SearchSpace(table, pinning: .none)
  }

  @Test("where only floats are on offer, weights are searched and uniform 8 bit has float activations")
  func floatActivations() throws {
    let space = try space()
    #expect(space.hasFloatActivations)
    #expect(space.reference == Precision(weight: .eight, activation: .float))
    #expect(space.precisions(ofLayer: 0).map(\.weight.bits) == Array(2...8))
    #expect(space.precisions(ofLayer: 0).allSatisfy { $0.activation == .float })
    // 3 * 80 + 800 bytes.
    #expect(try Budget(.weightBytes, .relative(0.5), in: space).limit == 520)
  }

  @Test("Deep Compression's candidates are the largest pairs of two widths within the budget")
  func candidates() throws {
    let space = try space()
    // 30 c + 100 f <= 520: f = 2 allows c = 8, f = 3 c = 7, f = 4 c = 4; f = 5 would need c <= 0.
    let problem = SearchProblem(space, budget: try Budget(.weightBytes, .absolute(520), in: space))
    let candidates = try DeepCompression(problem).candidates
    #expect(
      Set(candidates.map { [$0.convolutions.bits, $0.fullyConnected.bits] }) == [[8, 2], [7, 3], [4, 4]])
    for candidate in candidates {
      let widths = candidate.policy.precisions.map(\.weight)
      #expect(widths == Array(repeating: candidate.convolutions, count: 3) + [candidate.fullyConnected])
      #expect(
        candidate.cost == Double(30 * candidate.convolutions.bits + 100 * candidate.fullyConnected.bits))
    }
  }

  @Test("every method finds a policy within the size", arguments: 0..<6)
  func methods(index: Int) throws {
    let methods: [any SearchMethod] = [
      AutomaticSearch(sensitivitySamples: 10), EvolutionSearch(), RandomSearch(),
      GreedySearch(sensitivitySamples: 10),
      UniformSearch(),
      AgentSearch(),
    ]
    let space = try space()
    let problem = SearchProblem(space, budget: try Budget(.weightBytes, .absolute(520), in: space))
    let evaluator = FormulaEvaluator(
      samples: 100, divergence: { _ in 0.1 },
      accuracy: { request in
        1 - (request.policy?.precisions.reduce(0.0) { $0 + 1 / Double($1.weight.bits) } ?? 0) / 4
      })
    let result = try Search(
      problem, method: methods[index], options: SearchOptions(evaluations: 30, seed: 1)
    ).run(evaluator)
    let best = try #require(result.best)
    #expect(best.cost <= 520)
    #expect(best.policy.precisions.allSatisfy { $0.activation == floats })
  }
}
