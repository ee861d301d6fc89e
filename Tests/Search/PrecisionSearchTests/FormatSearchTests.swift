import Core
import Evaluation
import PrecisionSearch
import Testing

/// Searches among formats that bits do not order, against trying every policy.
@Suite("Searches among formats")
struct FormatSearchTests {
  /// As accelerators of language models have them.
  static let pairs = [
    "int8/int8", "fp8-e4m3/fp8-e4m3", "int4-g128/bf16", "fp8-e4m3/bf16", "bf16/bf16", "fp16/fp16",
  ].compactMap(Precision.init)

  /// In what a value is stored whose readers have these formats, written down by hand: `bf16` and `fp16` have all numbers
  /// of the 8-bit formats, and of these neither has the other's.
  static func stored(_ formats: Set<String>) -> String {
    if formats.isEmpty || formats.contains("fp32") || formats.isSuperset(of: ["bf16", "fp16"]) {
      return "fp32"
    }
    if let wide = ["bf16", "fp16"].first(where: formats.contains) { return wide }
    return formats.count == 1 ? formats.first! : "fp32"
  }

  static let bits = ["int8": 8, "fp8-e4m3": 8, "bf16": 16, "fp16": 16, "fp32": 32]

  struct Irregular: CostModel {
    var seed: Int
    var usesOutputWidths = false

    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map {
        .cost(Cost(values: [.latency: cost($0.layer, $0.precision, output: $0.output?.formatName)]))
      }
    }

    /// Neither monotonic nor regular, in 1...97.
    func cost(_ layer: Int, _ precision: Precision, output: String?) -> Double {
      let pair = FormatSearchTests.pairs.firstIndex(of: precision) ?? 99
      let stored = output.map { Array($0.utf8).reduce(0) { $0 * 31 % 101 + Int($1) } } ?? 0
      let mixed = seed * 31 + layer * 17 + pair * 23 + stored * 5
      return Double(mixed * mixed % 97 + 1)
    }
  }

  static func space(
    _ model: Irregular, readers: [[Int]]? = nil, memory: ActivationMemory? = nil, layers: Int = 4,
    rules: WidthRules = WidthRules(pairs: .listed(Set(pairs))), pinning: SearchSpace.Pinning = .none,
    tiedWidths: TiedWidths = .none
  ) throws -> SearchSpace {
    var network = Fixture.network(layers: layers)
    network.outputReaders = readers
    let weights = Set(pairs.map(\.weight)).sorted()
    let activations = Set(pairs.map(\.activation)).sorted()
    let table = try CostTable(
      of: network, from: model, weightWidths: weights, activationWidths: activations, widthRules: rules,
      aggregates: [.latency: .sum], provenance: .withoutHardware("fixture")
    ).withMemory(memory)
    return try SearchSpace(
      table, pinning: pinning, measurable: MeasurableWidths(weights: weights, activations: activations),
      tiedWidths: tiedWidths)
  }

  /// An increase for every format of every operand, none of which follows from another.
  static func sensitivity(_ seed: Int, layers: Int = 4) -> Sensitivity {
    func increases(_ formats: Set<BitWidth>, _ salt: Int) -> [Sensitivity.Increase] {
      let first = seed * 13 + salt * 29
      return formats.sorted().reversed().enumerated().map { index, format in
        let mixed = (first + index * index * 7) % 89
        return Sensitivity.Increase(width: format, increase: Double(mixed) / 10)
      }
    }
    return Sensitivity(
      measure: .divergence,
      layers: (0..<layers).map { layer in
        .init(
          weight: increases(Set(pairs.map(\.weight)), 2 * layer),
          activation: increases(Set(pairs.map(\.activation)), 2 * layer + 1))
      })
  }

  /// What two policies of equal sensitivities may differ by: a bit is worth a billionth of a nat, and a policy of 4 layers
  /// misses at most 4 x 2 x 32.
  static let tolerance = 3e-7

  static func increase(_ policy: Policy, _ sensitivity: Sensitivity) -> Double {
    policy.precisions.indices.reduce(0) { $0 + sensitivity.increase(layer: $1, at: policy[$1]) }
  }

  @Test("the program's solution is the best of all policies within the budget", arguments: 0..<8)
  func program(seed: Int) throws {
    let ties = seed % 4 == 0 ? TiedWidths([[1, 2]]) : .none
    let space = try Self.space(Irregular(seed: seed), tiedWidths: ties)
    #expect(Set(space.precisions(ofLayer: 0)) == Set(Self.pairs))
    let policies = Fixture.policies(of: space).filter(space.contains)
    // 6 pairs for each of 4 layers; of tied layers, 2 x 1 x 1 + 1 x 1 + 1 x 1 + 3 x 3 + 1 x 1 pairs of pairs.
    #expect(policies.count == (seed % 4 == 0 ? 36 * 12 : 1296))
    let model = Irregular(seed: seed)
    func cost(_ policy: Policy) -> Double {
      policy.precisions.enumerated().reduce(0) { $0 + model.cost($1.offset, $1.element, output: nil) }
    }
    let costs = policies.map(cost)
    #expect(try space.minimum(of: Resource(.latency)) == costs.min())
    let sensitivity = Self.sensitivity(seed)
    for share in [0.05, 0.3, 0.8] {
      let limit = costs.min()! + share * (costs.max()! - costs.min()!)
      let best = zip(policies, costs).filter { $0.1 <= limit }.map { Self.increase($0.0, sensitivity) }.min()!
      let budgets = try BudgetSet([BudgetRequest(.latency, .absolute(limit))], in: space)
      let solution = try PrecisionProgram(
        SearchProblem(space, budgets: budgets), sensitivity: sensitivity
      ).solve()
      #expect(cost(solution.policy) <= limit)
      #expect(solution.increase <= best + Self.tolerance, "\(solution.increase), best \(best)")
      let sweep = BudgetSweep(space, budgets: budgets)
      for policy in policies {
        let lowered = try sweep.lowered(policy)
        #expect(space.contains(lowered) && cost(lowered) <= limit)
        // What is within the budget stays.
        if cost(policy) <= limit { #expect(lowered == policy) }
      }
    }
  }

  @Test("formats of outputs are those that cover what the readers have", arguments: 0..<8)
  func outputs(seed: Int) throws {
    let readers = [[[1, 2], [3], [3], []], [[1, 2, 3], [2], [], []]][seed % 2]
    let model = Irregular(seed: seed, usesOutputWidths: true)
    let space = try Self.space(
      model, readers: readers, tiedWidths: seed % 3 == 0 ? TiedWidths([[1, 2]]) : .none)
    let policies = Fixture.policies(of: space).filter(space.contains)
    func cost(_ policy: Policy) -> Double {
      policy.precisions.indices.reduce(0) { sum, layer in
        let output = Self.stored(Set(readers[layer].map { policy[$0].activation.formatName }))
        return sum + model.cost(layer, policy[layer], output: output)
      }
    }
    let costs = policies.map(cost)
    #expect(try policies.map { try space.table.total(.latency, of: $0) } == costs)
    #expect(try space.minimum(of: Resource(.latency)) == costs.min())
    let sensitivity = Self.sensitivity(seed)
    for share in [0.1, 0.5] {
      let limit = costs.min()! + share * (costs.max()! - costs.min()!)
      let best = zip(policies, costs).filter { $0.1 <= limit }.map { Self.increase($0.0, sensitivity) }.min()!
      let budgets = try BudgetSet([BudgetRequest(.latency, .absolute(limit))], in: space)
      let solution = try PrecisionProgram(
        SearchProblem(space, budgets: budgets), sensitivity: sensitivity
      ).solve()
      #expect(cost(solution.policy) <= limit)
      #expect(solution.increase <= best + Self.tolerance, "\(solution.increase), best \(best)")
    }
  }

  @Test("peak memory counts values in the format that covers all readers', or in floats", arguments: 0..<8)
  func peaks(seed: Int) throws {
    let values = (0..<6).map { index in
      ActivationMemory.Value(
        elements: 16 * (5 + (seed * 37 + index * 53) % 90),
        layers: index == 5 ? [] : index < 2 ? [index] : Array(Set([index - 2, (index + seed) % 4])).sorted())
    }
    let memory = ActivationMemory(values: values, liveSets: [[0, 1, 2], [2, 3, 5], [1, 3, 4], [0, 4]])
    let space = try Self.space(Irregular(seed: seed), memory: memory)
    let policies = Fixture.policies(of: space)
    let peaks = policies.map { policy in
      memory.liveSets.map { liveSet in
        liveSet.reduce(0) { sum, value in
          let format = Self.stored(Set(values[value].layers.map { policy[$0].activation.formatName }))
          return sum + values[value].elements * Self.bits[format]! / 8
        }
      }.max()!
    }
    #expect(
      try policies.map { try space.table.total(.peakActivationBytes, of: $0) } == peaks.map(Double.init))
    #expect(try space.minimum(of: Resource(.peakActivationBytes)) == Double(peaks.min()!))
    let sensitivity = Self.sensitivity(seed)
    for place in [8, 3] {
      let limit = peaks.sorted()[peaks.count / place]
      let best = zip(policies, peaks).filter { $0.1 <= limit }.map { Self.increase($0.0, sensitivity) }.min()!
      let budgets = try BudgetSet(
        [BudgetRequest(.peakActivationBytes, .absolute(Double(limit)))], in: space)
      let solution = try PrecisionProgram(
        SearchProblem(space, budgets: budgets), sensitivity: sensitivity
      ).solve()
      #expect(peaks[policies.firstIndex(of: solution.policy)!] <= limit)
      #expect(solution.increase <= best + Self.tolerance, "\(solution.increase), best \(best)")
    }
  }

  @Test("which layers stay in float is solved exactly, for W8A8 beside W32A32")
  func int8AndFloats() throws {
    let float = Precision(weight: .float, activation: .float)
    // A layer costs twice as much in floats, and the last layers suffer most from 8 bit.
    let table = try Fixture.table(
      layers: 6, widths: Fixture.widths(8, 32), rules: WidthRules(pairs: .equal)
    ) { layer, precision in
      Double(layer + 1) * (precision == .eight ? 1 : 2)
    }
    let space = try SearchSpace(table, pinning: .none)
    #expect(space.reference == .eight)
    #expect(space.precisions(ofLayer: 0) == [.eight, float])
    // 21 at 8 bit; half as much again leaves room for floats in layers that cost 10 together.
    let budgets = try BudgetSet([BudgetRequest(.latency, .relative(1.5))], in: space)
    #expect(budgets[0].limit == 31.5)
    let noise = [1.0, 7, 3, 2, 8, 8]
    let evaluator = FormulaEvaluator(
      samples: 100,
      divergence: { request in
        zip(noise, request.policy?.precisions ?? []).reduce(0) { sum, entry in
          sum + (entry.1.weight == .eight ? entry.0 : 0) + (entry.1.activation == .eight ? entry.0 : 0)
        }
      }, accuracy: { _ in 0.5 })
    let result = try Search(
      SearchProblem(space, budgets: budgets), method: IntegerProgramSearch(),
      options: SearchOptions(evaluations: 400, seed: 1)
    ).run(evaluator)
    // By hand: of 1 to 6 for layers of noise 1, 7, 3, 2, 8, 8, the best within 10 is 2 + 3 + 5: 7 + 3 + 8 = 18; 1 + 3 + 6
    // gives 12, 4 + 6 and 4 + 5 + 1 less, 2 + 6 + 1 gives 16.
    #expect(result.episodes.map(\.measured.policy.text) == ["W8A8 W32A32 W32A32 W8A8 W32A32 W8A8"])
  }

  @Test("a target may hold the ends at other pairs, which leave shares as they are")
  func ends() throws {
    let (reference, wide) = (try #require(Precision("int8/int8")), try #require(Precision("bf16/bf16")))
    let half = try #require(Precision("fp16/fp16"))
    func space(_ ends: WidthRules.Ends?, layers: Int = 4, pinning: SearchSpace.Pinning = .firstAndLast(nil))
      throws -> SearchSpace
    {
      let rules = WidthRules(pairs: .listed(Set(Self.pairs)), reference: reference, ends: ends)
      return try Self.space(Irregular(seed: 3), layers: layers, rules: rules, pinning: pinning)
    }
    let both = try space(.init(first: wide, last: half))
    #expect(both.pinned == [0: wide, 3: half] && both.reference == reference)
    #expect(both.notes == ["the target has the first layer held at bf16/bf16 and the last at fp16/fp16"])
    #expect(try space(.init(first: wide, last: nil)).pinned == [0: wide, 3: reference])
    // One layer is both; what it gives are scores.
    #expect(try space(.init(first: wide, last: half), layers: 1).pinned == [0: half])
    #expect(try space(.init(first: wide, last: half), pinning: .none).pinned.isEmpty)
    #expect(try space(.init(first: wide, last: half), pinning: .none).notes.isEmpty)
    // A command that names a pair, as a search for size does, means that.
    #expect(
      try space(.init(first: wide, last: half), pinning: .firstAndLast(half)).pinned == [0: half, 3: half])
    #expect(
      try Budget(.latency, .relative(0.9), in: both).referenceCost
        == Budget(.latency, .relative(0.9), in: space(nil)).referenceCost)
  }

  @Test("the rule of thumb holds the ends at the target's pairs, too")
  func ruleOfEnds() throws {
    let (wide, half) = (try #require(Precision("bf16/bf16")), try #require(Precision("fp16/fp16")))
    let rules = WidthRules(
      pairs: .listed(Set(Self.pairs)), reference: .eight, ends: .init(first: wide, last: half))
    let space = try Self.space(Irregular(seed: 3), rules: rules)
    let result = try Search(
      SearchProblem(space, budget: try Budget(.latency, .absolute(1000), in: space)), method: RuleSearch(),
      options: SearchOptions(evaluations: 9, seed: 1)
    ).run(FormulaEvaluator { _ in 0.5 })
    let policy = try #require(result.best?.policy)
    #expect(policy[0] == wide && policy[3] == half && policy[1] == policy[2])
  }

  @Test("the reference is what shares are of, and what the ends are held at")
  func reference() throws {
    let reference = try #require(Precision("bf16/bf16"))
    let model = Irregular(seed: 3)
    let space = try Self.space(
      model, rules: WidthRules(pairs: .listed(Set(Self.pairs)), reference: reference),
      pinning: .firstAndLast(nil))
    #expect(space.pinned == [0: reference, 3: reference] && space.reference == reference)
    let cost = (0..<4).reduce(0.0) { $0 + model.cost($1, reference, output: nil) }
    let budget = try Budget(.latency, .relative(0.9), in: space)
    #expect(budget.referenceCost == cost && budget.limit == 0.9 * cost)
    do {
      _ = try Budget(.latency, .absolute(budget.minimum / 2), in: space)
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains("x of uniform bf16/bf16)"))
    }
  }
}
