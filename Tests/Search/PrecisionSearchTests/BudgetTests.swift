import Core
import PrecisionSearch
import Testing

@Suite struct BudgetTests {
  @Test(
    "the minimum is that of all policies, for sums and maxima and any pinning",
    arguments: [Metric.Aggregate.sum, .max], [1, 2, 3])
  func minimum(aggregate: Metric.Aggregate, seed: Int) throws {
    let table = try Fixture.table(
      layers: 4, widths: Fixture.widths(2, 3, 8), aggregate: aggregate, latency: Fixture.irregular(seed))
    for pinning in [SearchSpace.Pinning.none, .firstAndLast(.eight), .firstAndLast(Fixture.precision(2, 3))] {
      let space = try SearchSpace(table, pinning: pinning)
      let brute = try Fixture.policies(of: space).map { try table.total(.latency, of: $0)! }.min()!
      let budget = try Budget(.latency, .absolute(10_000), in: space)
      #expect(budget.minimum == brute)
      _ = try Budget(.latency, .absolute(brute), in: space)
      expectError(
        .infeasible(
          .latency, limit: brute * 0.99, minimum: brute,
          reference: ReferenceCost(
            .eight, cost: try table.total(.latency, of: .uniform(.eight, layerCount: 4))))
      ) { () throws(PrecisionSearchError) in try Budget(.latency, .absolute(brute * 0.99), in: space) }
    }
  }

  @Test("a relative limit is a share of 8 bit everywhere, and a refusal states the least share")
  func relative() throws {
    let table = try Fixture.table(layers: 4) { _, precision in
      Double(precision.weight.bits * precision.activation.bits)
    }
    let space = try SearchSpace(table)
    // 4 layers of 64 are 256; pinned 64 + 64 and twice 2 x 2 are 136.
    #expect(try Budget(.latency, .relative(0.6), in: space).limit == 0.6 * 256)
    #expect(try Budget(.latency, .relative(0.6), in: space).minimum == 136)
    do {
      _ = try Budget(.latency, .relative(0.5), in: space)
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "latency cannot be 128.0 s or less; the least reachable is 136.0 s (0.531x of uniform 8 bit)")
    }
  }

  @Test("what cannot be a budget is refused")
  func refusals() throws {
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(2, 4)) { _, _ in 1 }
    let space = try SearchSpace(table, pinning: .none)
    expectError(.metricUnavailable(.energy, available: [.latency])) { () throws(PrecisionSearchError) in
      try Budget(.energy, .absolute(1), in: space)
    }
    expectError(.referenceUnsupported(.latency, .eight)) { () throws(PrecisionSearchError) in
      try Budget(.latency, .relative(0.5), in: space)
    }
    for limit in [0, -1, Double.infinity] {
      expectError(.illegalLimit(limit)) { () throws(PrecisionSearchError) in
        try Budget(.latency, .absolute(limit), in: space)
      }
    }
    expectError(.pinnedPrecisionUnsupported(layer: "layer0", .eight)) { () throws(PrecisionSearchError) in
      try SearchSpace(table)
    }
  }

  @Test(
    "the minimum is that of the pairs that the target has, not of those that it rounds up",
    arguments: [1, 2, 3, 4])
  func minimumOfLegalPairs(seed: Int) throws {
    for pairs in [WidthRules.Pairs.equal, .listed([Fixture.precision(2, 4), Fixture.precision(8, 8)])] {
      let table = try Fixture.table(
        layers: 3, widths: Fixture.widths(2, 4, 8), rules: WidthRules(pairs: pairs, otherWidths: .roundUp),
        latency: Fixture.irregular(seed))
      let space = try SearchSpace(table, pinning: .none)
      // By hand: the pairs are stated, and a policy is one of them for each layer.
      let legal =
        pairs == .equal
        ? [2, 4, 8].map { Fixture.precision($0, $0) } : [Fixture.precision(2, 4), Fixture.precision(8, 8)]
      var brute = Double.infinity
      for first in legal {
        for second in legal {
          for third in legal {
            brute = min(brute, try table.total(.latency, of: Policy([first, second, third]))!)
          }
        }
      }
      #expect(try space.minimum(of: Resource(.latency)) == brute)
      #expect((0..<3).allSatisfy { Set(space.precisions(ofLayer: $0)) == Set(legal) })
    }
  }

  @Test("a layer that the target cannot run at all is named")
  func unsupportedLayer() throws {
    let table = try Fixture.table(layers: 3) { layer, _ in layer == 1 ? nil : 1 }
    expectError(.layerUnsupported(layer: "layer1")) { () throws(PrecisionSearchError) in
      try SearchSpace(table)
    }
  }
}

@Suite struct BudgetSweepTests {
  @Test("goes from the last layer to the first, activations before weights, one bit at a time")
  func order() throws {
    let table = try Fixture.table(layers: 2) { _, precision in
      Double(precision.weight.bits * precision.activation.bits)
    }
    let space = try SearchSpace(table, pinning: .none)
    let start = Policy([.eight, .eight])
    func lowered(_ limit: Double) throws -> Policy {
      let budget = try Budget(.latency, .absolute(limit), in: space)
      return try BudgetSweep(space, budgets: BudgetSet(budget, in: space)).lowered(start)
    }
    // 128 -> W8A8 W8A7 120 -> W8A8 W7A7 113 -> W8A7 W7A7 105 -> W7A7 W7A7 98 -> W7A7 W7A6 91.
    #expect(try lowered(128) == start)
    #expect(try lowered(127) == Policy([.eight, Fixture.precision(8, 7)]))
    #expect(try lowered(119) == Policy([.eight, Fixture.precision(7, 7)]))
    #expect(try lowered(112) == Policy([Fixture.precision(8, 7), Fixture.precision(7, 7)]))
    #expect(try lowered(98) == Policy([Fixture.precision(7, 7), Fixture.precision(7, 7)]))
    #expect(try lowered(97) == Policy([Fixture.precision(7, 7), Fixture.precision(7, 6)]))
    #expect(try lowered(8) == Policy([Fixture.precision(2, 2), Fixture.precision(2, 2)]))
  }

  @Test("where neither operand can be lowered alone, both are lowered to the next pair")
  func together() throws {
    // A target with equal pairs of 2, 4 and 8 bit.
    let table = try Fixture.table(
      layers: 3, widths: Fixture.widths(2, 4, 8), rules: WidthRules(pairs: .equal, otherWidths: .roundUp)
    ) { _, precision in Double(precision.weight.bits * precision.activation.bits) }
    let space = try SearchSpace(table, pinning: .none)
    func lowered(_ limit: Double) throws -> [String] {
      let budget = try Budget(.latency, .absolute(limit), in: space)
      return try BudgetSweep(space, budgets: BudgetSet(budget, in: space))
        .lowered(Policy([.eight, .eight, .eight])).precisions.map(\.description)
    }
    // 3 x 64 = 192; each layer from 64 to 16 saves 48, from 16 to 4 another 12.
    #expect(try lowered(192) == ["W8A8", "W8A8", "W8A8"])
    #expect(try lowered(150) == ["W8A8", "W8A8", "W4A4"])
    #expect(try lowered(96) == ["W8A8", "W4A4", "W4A4"])
    #expect(try lowered(48) == ["W4A4", "W4A4", "W4A4"])
    #expect(try lowered(36) == ["W4A4", "W4A4", "W2A2"])
  }

  @Test("never touches pinned layers, and what fits stays as it is")
  func pinned() throws {
    let table = try Fixture.table(layers: 3) { _, precision in
      Double(precision.weight.bits * precision.activation.bits)
    }
    let space = try SearchSpace(table)
    let budget = try Budget(.latency, .absolute(140), in: space)
    let lowered = try BudgetSweep(space, budgets: BudgetSet(budget, in: space)).lowered(
      Policy([.eight, .eight, .eight]))
    // 64 + 64 leave 12 for the middle: W3A4, reached as 8 8, 8 7, 7 7 ... 4 4 = 16, 4 3 = 12.
    #expect(lowered == Policy([.eight, Fixture.precision(4, 3), .eight]))
  }

  @Test("meets every feasible budget from every policy, however costs and support behave", arguments: 1...6)
  func always(seed: Int) throws {
    let cost = Fixture.irregular(seed)
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(2, 4, 8)) { layer, precision in
      // Holes: some cells cannot run.
      Int(cost(layer, precision)) % 5 == 0 ? nil : cost(layer, precision)
    }
    let space = try SearchSpace(table, pinning: .none)
    let policies = Fixture.policies(of: space)
    let costs = try policies.map { try table.total(.latency, of: $0)! }
    for limit in [costs.min()!, costs.sorted()[costs.count / 4]] {
      let budget = try Budget(.latency, .absolute(limit), in: space)
      let sweep = BudgetSweep(space, budgets: BudgetSet(budget, in: space))
      for (policy, cost) in zip(policies, costs) {
        let lowered = try sweep.lowered(policy)
        #expect(try space.contains(lowered) && table.total(.latency, of: lowered)! <= limit)
        if cost <= limit { #expect(lowered == policy) }
      }
    }
  }
}
