import Conversations
import Core
import Evaluation
import PrecisionSearch
import Testing

/// Which widths a search chooses among: all that the target has and the evaluator can measure.
@Suite struct MeasurableWidthsTests {
  private static let twoToSixteen = MeasurableWidths(
    weights: BitWidth.all(from: BitWidth(2)!, through: BitWidth(16)!),
    activations: BitWidth.all(from: BitWidth(2)!, through: BitWidth(16)!))

  /// Accuracy and divergence from the mean of all widths; the second layer counts ten times.
  private static func evaluator() -> FormulaEvaluator {
    func noise(_ request: EvaluationRequest) -> Double {
      (request.policy?.precisions ?? []).enumerated().reduce(0) { sum, layer in
        sum + (layer.offset == 1 ? 10 : 1)
          * (1 / Double(layer.element.weight.bits) + 1 / Double(layer.element.activation.bits))
      }
    }
    return FormulaEvaluator(samples: 100, divergence: noise) { 1 - noise($0) / 100 }
  }

  /// Three layers at 8 and 16 bit, each of which costs its bits in sum.
  private static func problem(_ limit: Double) throws -> SearchProblem {
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(8, 16)) { _, precision in
      Double(precision.weight.bits + precision.activation.bits)
    }
    let space = try SearchSpace(table, pinning: .none, measurable: twoToSixteen)
    return SearchProblem(space, budget: try Budget(.latency, .absolute(limit), in: space))
  }

  private static let methods: [any SearchMethod] = [
    AutomaticSearch(sensitivitySamples: 10), IntegerProgramSearch(sensitivitySamples: 10),
    GreedySearch(sensitivitySamples: 10), UniformSearch(), EvolutionSearch(population: 8), RandomSearch(),
  ]

  @Test("16 bit is chosen where the budget allows it and the accuracy rewards it", arguments: 0..<6)
  func sixteen(index: Int) throws {
    // 3 x (16 + 16) = 96: everything at 16 bit.
    let result = try Search(
      try Self.problem(96), method: Self.methods[index],
      options: SearchOptions(evaluations: 80, seed: 1)
    ).run(Self.evaluator())
    #expect(result.best?.policy == Policy.uniform(Fixture.precision(16, 16), layerCount: 3))
  }

  @Test("within a budget for one layer at 16 bit, the layer that gains most gets it", arguments: 0..<3)
  func one(index: Int) throws {
    // 3 x 16 = 48 at 8 bit, and 16 more for both operands of one layer.
    let result = try Search(
      try Self.problem(64), method: Self.methods[index], options: SearchOptions(evaluations: 40, seed: 1)
    ).run(Self.evaluator())
    #expect(result.best?.policy == Policy([.eight, Fixture.precision(16, 16), .eight]))
  }

  @Test("the least reachable is that of all pairs searched, above 8 bit too", arguments: [1, 2, 3, 4])
  func least(seed: Int) throws {
    let table = try Fixture.table(
      layers: 3, widths: Fixture.widths(8, 16, 32), latency: Fixture.irregular(seed))
    for (measurable, widths) in [(Self.twoToSixteen, [8, 16]), (.assumed, [8, 16, 32])] {
      let space = try SearchSpace(table, pinning: .none, measurable: measurable)
      let pairs = widths.flatMap { weight in widths.map { Fixture.precision(weight, $0) } }
      var brute = Double.infinity
      for first in pairs {
        for second in pairs {
          for third in pairs {
            brute = min(brute, try table.total(.latency, of: Policy([first, second, third]))!)
          }
        }
      }
      #expect(try space.minimum(of: Resource(.latency)) == brute)
    }
  }

  @Test("pairs that the evaluator cannot measure are counted, with the widths and the reason")
  func notes() throws {
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(1, 2, 8, 32)) { _, _ in 1 }
    // 4 x 4 pairs, of which {2, 8} x {2, 8} remain.
    #expect(
      try SearchSpace(table, measurable: Self.twoToSixteen).notes == [
        "12 of 16 pairs of widths of the target are left out, those with weights of 1, 32 bit or activations of "
          + "1, 32 bit: the evaluator measures 2-16 bit"
      ])
    #expect(
      try SearchSpace(table).notes == [
        "7 of 16 pairs of widths of the target are left out, those with weights of 1 bit or activations of 1 bit: "
          + "an evaluator that does not state its widths is asked for 2-32 bit"
      ])
    let small = try Fixture.table(layers: 3, widths: Fixture.widths(2, 8)) { _, _ in 1 }
    #expect(try SearchSpace(small, measurable: Self.twoToSixteen).notes.isEmpty)
  }

  @Test("the first and the last layer have the pair that the target rounds 8 bit up to")
  func held() throws {
    let table = try Fixture.table(
      layers: 3, widths: Fixture.widths(4, 16), rules: WidthRules(pairs: .equal, otherWidths: .roundUp)
    ) { _, _ in 1 }
    let space = try SearchSpace(table, measurable: Self.twoToSixteen)
    #expect(space.pinned == [0: Fixture.precision(16, 16), 2: Fixture.precision(16, 16)])
    #expect(
      space.notes == [
        "the first and the last layer are held at W16A16, the pair that the target rounds W8A8 up to"
      ])
  }

  @Test("a target without a width that the evaluator can measure is refused, and so is a layer held at one")
  func refusals() throws {
    let floats = try Fixture.table(layers: 3, widths: Fixture.widths(32)) { _, _ in 1 }
    expectError(.noLegalWidth(role: .weight, available: [.float])) { () throws(PrecisionSearchError) in
      try SearchSpace(floats, pinning: .none, measurable: Self.twoToSixteen)
    }
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(2, 4, 8)) { _, _ in 1 }
    let narrow = MeasurableWidths(weights: Fixture.widths(2, 4), activations: Fixture.widths(2, 4))
    expectError(.pinnedPrecisionUnmeasurable(layer: "layer0", .eight)) { () throws(PrecisionSearchError) in
      try SearchSpace(table, measurable: narrow)
    }
  }

  @Test("an evaluator states its widths, or is taken to measure 2 to 32 bits")
  func descriptions() throws {
    let line =
      #"{"id":1,"description":{"protocol":"haq.evaluator/1.3","program":"p","network":"n","layers":["a"],"data":"d","#
      + #""training_samples":1,"validation_samples":1,"test_samples":1,"weight_bits":[8,4]}}"#
    guard case .description(_, let stated) = try MessageLine.decode(EvaluatorReply.self, from: line) else {
      Issue.record("no description")
      return
    }
    #expect(stated.measurableWidths.weights.map(\.bits) == [4, 8])
    #expect(stated.measurableWidths.activations.map(\.bits) == Array(2...32))
    #expect(stated.measurableWidths.areKnown && !MeasurableWidths.assumed.areKnown)
  }
}
