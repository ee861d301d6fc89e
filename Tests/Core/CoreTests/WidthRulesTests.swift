import Core
import Testing

@Suite("which widths go together, and what becomes of others")
struct WidthRulesTests {
  private static let weights = [2, 4, 8].compactMap(BitWidth.init)
  private static let activations = [4, 8].compactMap(BitWidth.init)

  private func costedAs(_ asked: String, _ rules: WidthRules) throws -> String? {
    rules.costedAs(
      try #require(Precision(asked)), for: .convolution, weightWidths: Self.weights,
      activationWidths: Self.activations)?
      .description
  }

  @Test("a target that rejects has its own widths and no others")
  func reject() throws {
    let rules = WidthRules()
    #expect(try costedAs("W2A8", rules) == "W2A8")
    #expect(try costedAs("W3A8", rules) == nil && costedAs("W8A2", rules) == nil)
  }

  @Test("a target that rounds up charges the next width of each operand, and has nothing above its widest")
  func roundUp() throws {
    let rules = WidthRules(otherWidths: .roundUp)
    #expect(try costedAs("W3A5", rules) == "W4A8")
    #expect(try costedAs("W2A2", rules) == "W2A4")
    #expect(try costedAs("W9A4", rules) == nil)
  }

  @Test("equal widths round up to the next pair of equals")
  func equal() throws {
    #expect(try costedAs("W4A8", WidthRules(pairs: .equal)) == nil)
    // W2 has no partner among activations, so that W2A2 needs 4 bits of both.
    #expect(try costedAs("W2A2", WidthRules(pairs: .equal, otherWidths: .roundUp)) == "W4A4")
    #expect(try costedAs("W5A4", WidthRules(pairs: .equal, otherWidths: .roundUp)) == "W8A8")
  }

  @Test("among pairs with equally many bits, a layer is costed as the one of fewer weight bits")
  func ties() throws {
    let pairs = Set(["W4A8", "W8A4"].compactMap(Precision.init))
    let rules = WidthRules(pairs: .listed(pairs), otherWidths: .roundUp)
    #expect(try costedAs("W2A4", rules) == "W4A8")
    #expect(try costedAs("W8A2", rules) == "W8A4")
    #expect(try costedAs("W8A8", rules) == nil)
  }

  @Test("kinds of layers have pairs of their own, and round up among these")
  func kinds() throws {
    let all = Set(["W8A8", "int4-g128/bf16", "bf16/bf16"].compactMap(Precision.init))
    let narrow = try #require(Precision("int4-g128/bf16"))
    let rules = WidthRules(
      pairs: .listed(all), otherWidths: .roundUp,
      pairsOfKinds: [
        .init(kind: .convolution, pairs: all), .init(kind: .depthwise, pairs: all.subtracting([narrow])),
      ])
    let weights = Set(all.map(\.weight)).sorted()
    let activations = Set(all.map(\.activation)).sorted()
    func costedAs(_ precision: Precision, _ kind: Layer.Kind) -> String? {
      rules.costedAs(precision, for: kind, weightWidths: weights, activationWidths: activations)?.description
    }
    #expect(costedAs(narrow, .convolution) == "int4-g128/bf16")
    #expect(costedAs(narrow, .transposedConvolution) == "int4-g128/bf16")
    // Groups have scales of their own, so that neither int8 nor bf16 has all their numbers.
    #expect(costedAs(narrow, .depthwise) == nil)
    let four = try #require(Precision("W4A8"))
    #expect(costedAs(four, .depthwise) == "W8A8")
    // Kinds that are not listed are limited by nothing but the pairs.
    #expect(costedAs(narrow, .matmul) == "int4-g128/bf16")
  }
}
