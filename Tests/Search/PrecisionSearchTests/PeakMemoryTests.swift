import Core
import Evaluation
import PrecisionSearch
import Testing

/// Budgets on the largest of several sums, against trying every policy.
@Suite("Budgets on peak activation bytes")
struct PeakMemoryTests {
  private static let layers = 4
  private static let widths = Fixture.widths(2, 4, 8)

  /// Values that one layer settles, that several do, and that stay in floats, in irregular live sets.
  private static func memory(_ seed: Int) -> ActivationMemory {
    func number(_ index: Int, _ below: Int) -> Int {
      let mixed = seed * 7919 + index * 104_729 + 12_345
      return (mixed ^ (mixed >> 7)) % below
    }
    let values = (0..<7).map { index in
      ActivationMemory.Value(
        elements: 5 + number(index, 200),
        layers: index == 6
          ? [] : index < 4 ? [index] : Array(Set([number(index, 4), number(index + 50, 4)])).sorted())
    }
    return ActivationMemory(
      values: values,
      liveSets: (0..<6).map { index in Set((0..<3).map { number(100 + 3 * index + $0, 7) }) })
  }

  private static func space(_ seed: Int, tiedWidths: TiedWidths = .none) throws -> SearchSpace {
    try SearchSpace(
      Fixture.table(layers: layers, widths: widths, costs: [.latency: Fixture.irregular(seed)])
        .withMemory(memory(seed)), pinning: .none, tiedWidths: tiedWidths)
  }

  /// The definition, in bits of every value, without the type's own arithmetic.
  private static func peak(_ memory: ActivationMemory, _ policy: Policy) -> Double {
    memory.liveSets.map { liveSet in
      liveSet.reduce(0.0) { sum, value in
        let layers = memory.values[value].layers
        let width = layers.isEmpty ? 32 : layers.map { policy[$0].activation.bits }.max()!
        return sum + (Double(memory.values[value].elements * width) / 8).rounded(.up)
      }
    }.max()!
  }

  private static func noise(_ policy: Policy, _ seed: Int) -> Double {
    policy.precisions.enumerated().reduce(0) { sum, entry in
      let (layer, precision) = (entry.offset, entry.element)
      return sum + Double((layer * 3 + seed) % 5 + 1) / Double(precision.weight.bits)
        + Double((layer * 5 + seed) % 7 + 1) / Double(precision.activation.bits)
    }
  }

  @Test("minimum, limits beside others, and the integer program equal brute force", arguments: 0..<12)
  func bruteForce(seed: Int) throws {
    let space = try Self.space(seed, tiedWidths: seed % 3 == 0 ? TiedWidths([[0, 2]]) : .none)
    let memory = try #require(space.table.activationMemory)
    let policies = Fixture.policies(of: space).filter(space.contains)
    let peaks = policies.map { Self.peak(memory, $0) }
    #expect(try policies.map { try space.table.total(.peakActivationBytes, of: $0) } == peaks)
    #expect(try space.minimum(of: Resource(.peakActivationBytes)) == peaks.min())

    let limit = peaks.sorted()[peaks.count / 4]
    let latencies = try policies.map { try space.table.total(.latency, of: $0)! }
    // The latency that a third of the policies within the peak keep.
    let kept = zip(peaks, latencies).filter { $0.0 <= limit }.map(\.1).sorted()
    let latency = kept[kept.count / 3]
    let budgets = try BudgetSet(
      [BudgetRequest(.peakActivationBytes, .absolute(limit)), BudgetRequest(.latency, .absolute(latency))],
      in: space)
    let problem = SearchProblem(space, budgets: budgets)
    let admitted = policies.indices.filter { peaks[$0] <= limit && latencies[$0] <= latency }
    #expect(try policies.indices.filter { try budgets.admits(policies[$0], in: space) } == admitted)
    let sweep = BudgetSweep(space, budgets: budgets)
    #expect(try policies.allSatisfy { try budgets.admits(sweep.lowered($0), in: space) })

    let sensitivity = Sensitivity(
      measure: .divergence,
      layers: (0..<Self.layers).map { layer in
        let highest = Policy.uniform(.eight, layerCount: Self.layers)
        func increase(_ precision: Precision, _ width: BitWidth) -> Sensitivity.Increase {
          var policy = highest
          policy[layer] = precision
          return .init(width: width, increase: Self.noise(policy, seed) - Self.noise(highest, seed))
        }
        return .init(
          weight: Self.widths.map { increase(Precision(weight: $0, activation: .eight), $0) },
          activation: Self.widths.map { increase(Precision(weight: .eight, activation: $0), $0) })
      })
    let solution = try PrecisionProgram(problem, sensitivity: sensitivity).solve()
    let least = admitted.map { Self.noise(policies[$0], seed) }.min()!
    #expect(try budgets.admits(solution.policy, in: space))
    #expect(abs(Self.noise(solution.policy, seed) - least) < 1e-6)
    #expect(solution.gap < 1e-9)
  }

  @Test("limits that exclude each other name the least peak beside the others, in bytes", arguments: 0..<6)
  func conflict(seed: Int) throws {
    // The latency rises as activations narrow, so that it and the memory pull apart.
    let table = try Fixture.table(
      layers: Self.layers, widths: Self.widths,
      costs: [.latency: { Double($0 + 20 - 2 * $1.activation.bits) }])
    let space = try SearchSpace(table.withMemory(Self.memory(seed)), pinning: .none)
    let memory = Self.memory(seed)
    let policies = Fixture.policies(of: space)
    let fastest = try policies.map { try table.total(.latency, of: $0)! }.min()!
    let latency = fastest + 10
    let within = try policies.filter { try table.total(.latency, of: $0)! <= latency }
    let least = within.map { Self.peak(memory, $0) }.min()!
    let minimum = policies.map { Self.peak(memory, $0) }.min()!
    try #require(minimum < least)
    let budgets = Result { () throws(PrecisionSearchError) in
      try BudgetSet(
        [
          BudgetRequest(.latency, .absolute(latency)),
          BudgetRequest(.peakActivationBytes, .absolute(least - 1)),
        ],
        in: space)
    }
    guard case .failure(.conflict(let limits)) = budgets else {
      Issue.record("no conflict")
      return
    }
    let peak = try #require(limits.first { $0.budget.metric == .peakActivationBytes })
    #expect(peak.leastBesideOthers == least)
  }

  @Test("every method keeps the limit", arguments: NetworkCostTests.methods.map(\.name))
  func methods(name: String) throws {
    let method = try #require(NetworkCostTests.methods.first { $0.name == name }).method
    let values = [[0], [1], [2], [3], [1, 3]].map { ActivationMemory.Value(elements: 100, layers: $0) }
    let memory = ActivationMemory(values: values, liveSets: [[0, 1], [1, 2, 4], [2, 3], [3, 4]])
    let table = try Fixture.table(
      layers: Self.layers, widths: Self.widths, costs: [.latency: Fixture.irregular(5)])
    let space = try SearchSpace(table.withMemory(memory), pinning: .none)
    // All at 8 bit 300 bytes. The rule holds the last layer at 8 bit, which takes 200 of the last live set.
    let limit = name == "rule" ? 240.0 : 180
    let budget = try Budget(.peakActivationBytes, .relative(limit / 300), in: space)
    let evaluator = FormulaEvaluator(
      samples: 1000, divergence: { Self.noise($0.policy!, 5) },
      accuracy: { request in
        request.policy.map { 1 - Self.noise($0, 5) / 100 } ?? 1
      })
    let result = try Search(
      SearchProblem(space, budget: budget), method: method, options: SearchOptions(evaluations: 60, seed: 1)
    ).run(evaluator)
    #expect(!result.episodes.isEmpty)
    #expect(abs(budget.limit - limit) < 1e-9)
    #expect(result.episodes.allSatisfy { Self.peak(memory, $0.measured.policy) <= limit })
  }

  @Test("without connections there is no such metric, and the error says why; weight bytes are there")
  func withoutGraph() throws {
    let space = try SearchSpace(
      Fixture.table(layers: 2, widths: Self.widths, costs: [.latency: Fixture.irregular(1)]).withMemory(nil),
      pinning: .none)
    let error = #expect(throws: PrecisionSearchError.self) {
      try Budget(.peakActivationBytes, .relative(0.5), in: space)
    }
    #expect("\(try #require(error))".contains("needs a network with connections"))
    // Layers of 1x2 and 2x3 weights: 8 weights at 8 bits, 8 bytes; at 2 bits 2.
    let budget = try Budget(.weightBytes, .relative(0.5), in: space)
    #expect(budget.limit == 4 && budget.minimum == 2)
  }
}
