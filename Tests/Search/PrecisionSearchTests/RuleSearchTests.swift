import Core
import PrecisionSearch
import Testing

/// The method `rule`: the ends at 8 bit, all other layers at one pair.
@Suite struct RuleSearchTests {
  /// Four layers whose latency is the product of their bits.
  private static func space(
    _ widths: [BitWidth], listed: [String]? = nil, otherWidths: WidthRules.OtherWidths = .roundUp,
    pinning: SearchSpace.Pinning = .firstAndLast(.eight), layers: Int = 4
  ) throws -> SearchSpace {
    let rules = WidthRules(
      pairs: listed.map { .listed(Set($0.map { Precision($0)! })) } ?? .all, otherWidths: otherWidths)
    return try SearchSpace(
      Fixture.table(layers: layers, widths: widths, rules: rules) {
        Double($1.weight.bits * $1.activation.bits)
      },
      pinning: pinning)
  }

  private static func search(_ space: SearchSpace, limit: Double) throws -> SearchResult {
    try Search(
      SearchProblem(space, budget: try Budget(.latency, .absolute(limit), in: space)), method: RuleSearch(),
      options: SearchOptions(evaluations: 9, seed: 1)
    ).run(FormulaEvaluator { _ in 0.5 })
  }

  private static func text(_ space: SearchSpace, limit: Double) throws -> String? {
    let result = try search(space, limit: limit)
    #expect(result.episodes.count == 1)
    return result.best?.policy.text
  }

  @Test("where a target has no equal widths, the pair of the most bits within the budget is taken")
  func unequal() throws {
    let space = try Self.space(Fixture.widths(4, 8, 16), listed: ["W4A16", "W8A16"])
    // 8 bit is rounded up to W8A16, 128 for each end. Inside, W8A16 costs 128 and W4A16 64 for each of two layers.
    #expect(try Self.text(space, limit: 2 * 128 + 2 * 128) == "W8A16 W8A16 W8A16 W8A16")
    #expect(try Self.text(space, limit: 2 * 128 + 2 * 128 - 1) == "W8A16 W4A16 W4A16 W8A16")
  }

  @Test("equal widths come first; another pair is for budgets that no equal one meets")
  func order() throws {
    let all = try Self.space(Fixture.widths(4, 8))
    // W4A8 and W8A4 would fit, too, at 32 for each of two layers; W4A4 has 16.
    #expect(try Self.text(all, limit: 2 * 64 + 2 * 32) == "W8A8 W4A4 W4A4 W8A8")
    let listed = try Self.space(Fixture.widths(2, 4, 8), listed: ["W2A8", "W4A8", "W8A8"])
    #expect(try Self.text(listed, limit: 2 * 64 + 2 * 64) == "W8A8 W8A8 W8A8 W8A8")
    #expect(try Self.text(listed, limit: 2 * 64 + 2 * 32) == "W8A8 W4A8 W4A8 W8A8")
    #expect(try Self.text(listed, limit: 2 * 64 + 2 * 16) == "W8A8 W2A8 W2A8 W8A8")
  }

  @Test("a budget that no single pair meets, and a target without 8 bit, are errors that say so")
  func refusals() throws {
    func cause(_ space: SearchSpace, limit: Double) -> PrecisionSearchError? {
      let failure = #expect(throws: SearchFailure.self) { try Self.search(space, limit: limit) }
      return failure?.cause as? PrecisionSearchError
    }
    // Unpinned, two layers at W4A4 and two at W2A2 meet the budget; with the ends at 8 bit nothing does.
    let free = try Self.space(Fixture.widths(2, 8), pinning: .none)
    let tight = try #require(cause(free, limit: 40))
    #expect(tight == .noUniformPolicy)
    #expect(
      tight.description.hasPrefix(
        "no pair of widths that all searched layers can have, weights and activations, is within the budgets")
    )
    #expect(tight.description.contains("--method auto"))

    let strict = ["W4A16", "W8A16"]
    let widths = Fixture.widths(4, 8, 16)
    let open = try Self.space(widths, listed: strict, otherWidths: .reject, pinning: .none)
    let refused = try #require(cause(open, limit: 1000))
    #expect(refused == .ruleUnsupported(layer: "layer0", .eight))
    #expect(
      refused.description.contains("layer \"layer0\" at W8A8") && refused.description.contains("--method"))

    let pinned = #expect(throws: PrecisionSearchError.self) {
      try Self.space(widths, listed: strict, otherWidths: .reject)
    }
    #expect(pinned == .pinnedPrecisionUnsupported(layer: "layer0", .eight))
    #expect(pinned?.description.contains("--search-ends") == true)
  }

  @Test("a network of one layer, which is the first and the last, is searched", arguments: [0, 1, 2])
  func oneLayer(index: Int) throws {
    let space = try Self.space(Fixture.widths(4, 8), layers: 1)
    let methods: [any SearchMethod] = [RuleSearch(), UniformSearch(), RandomSearch()]
    let result = try Search(
      SearchProblem(space, budget: try Budget(.latency, .absolute(64), in: space)), method: methods[index],
      options: SearchOptions(evaluations: 3, seed: 1)
    ).run(FormulaEvaluator { _ in 0.5 })
    #expect(result.best?.policy == Policy([.eight]))
  }
}
