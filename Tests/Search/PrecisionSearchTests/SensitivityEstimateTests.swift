import Core
import Evaluation
import Foundation
import PrecisionSearch
import Testing

@Suite struct SensitivityEstimateTests {
  /// Rises as the widths fall, differently for each layer and operand; layers 0 and 7 are held at 8 bit.
  private static func increase(_ layer: Int, _ operand: Narrowing.Operand, _ width: BitWidth) -> Double {
    let factor = Double((layer * 7 + (operand == .weight ? 3 : 5)) % 11 + 1)
    return factor * exp2(-2 * Double(width.bits)) - factor * exp2(-16)
  }

  private static func divergence(_ policy: Policy) -> Double {
    policy.precisions.enumerated().reduce(0) { sum, item in
      guard (1...6).contains(item.offset) else { return sum }
      return sum + increase(item.offset, .weight, item.element.weight)
        + increase(item.offset, .activation, item.element.activation)
    }
  }

  private static func problem() throws -> SearchProblem {
    let table = try Fixture.table(layers: 8, widths: Fixture.widths(2, 3, 4, 5, 6, 7, 8)) {
      Double($1.weight.bits * $1.activation.bits * ($0 % 3 + 1))
    }
    let space = try SearchSpace(table)
    return SearchProblem(space, budget: try Budget(.latency, .relative(0.5), in: space))
  }

  private static func evaluator(_ estimate: ((Narrowing) -> Double)?) -> FormulaEvaluator {
    let evaluator = FormulaEvaluator(
      samples: 1000, divergence: { $0.policy.map(divergence) ?? 0 }, accuracy: { _ in 0.9 })
    evaluator.estimate = estimate
    return evaluator
  }

  private static func search(_ method: any SearchMethod, _ evaluator: FormulaEvaluator) throws -> SearchResult
  {
    try Search(try problem(), method: method, options: SearchOptions(evaluations: 100, seed: 1)).run(
      evaluator)
  }

  @Test("exact estimates lead to the solution of the measurements, with one question and few measurements")
  func exact() throws {
    let measured = try Self.search(IntegerProgramSearch(), Self.evaluator(nil))
    let evaluator = Self.evaluator { Self.increase($0.layers[0], $0.operand, $0.width) }
    let estimated = try Self.search(IntegerProgramSearch(from: .estimated), evaluator)
    let (least, reached) = (
      Self.divergence(measured.episodes[0].measured.policy),
      Self.divergence(estimated.episodes[0].measured.policy)
    )
    #expect(abs(reached - least) < 1e-6)
    #expect(estimated.sensitivity?.measure == .estimatedDivergence)
    // 6 layers x 2 operands x 6 widths, and the widest.
    #expect(measured.sensitivityMeasurements.count == 73)
    #expect(evaluator.requests.filter { $0.narrowings?.count == 72 }.count == 1)
    // At most 8 measurements beside the estimate, which counts as 16 of them.
    let spent = estimated.sensitivityMeasurements
    #expect(spent.count <= 9 && spent.images <= (16 + 8) * spent.samples)
  }

  @Test("what a solution depends on is measured, and corrects estimates that are wrong by a power")
  func corrected() throws {
    // Twice the square root of the truth, which orders the widths rightly and weighs them wrongly.
    let evaluator = Self.evaluator {
      2 * Self.increase($0.layers[0], $0.operand, $0.width).squareRoot()
    }
    let measured = try Self.search(IntegerProgramSearch(), Self.evaluator(nil))
    let found = try Self.search(IntegerProgramSearch(from: .estimated), evaluator)
    let sensitivity = try #require(found.sensitivity)
    let asked = evaluator.requests.dropFirst(2).dropLast()
    #expect(!asked.isEmpty && asked.count <= 8)
    for request in asked {
      // Each has one operand narrowed, whose measured increase is in the result.
      let policy = try #require(request.policy)
      let layer = try #require(policy.precisions.firstIndex { $0 != .eight })
      let operand: Narrowing.Operand = policy[layer].weight == .eight ? .activation : .weight
      let width = operand == .weight ? policy[layer].weight : policy[layer].activation
      let kept = try #require(
        sensitivity.increase(layer: layer, operand == .weight ? .weight : .activation, at: width))
      #expect(kept >= Self.increase(layer, operand, width) - 1e-12)
    }
    let (least, reached) = (
      Self.divergence(measured.episodes[0].measured.policy),
      Self.divergence(found.episodes[0].measured.policy)
    )
    #expect(reached <= 1.25 * least, "\(reached), least \(least)")
  }

  @Test("an evaluator without estimates is an error that says what to do, whatever the method")
  func none() throws {
    let methods: [any SearchMethod] = [
      IntegerProgramSearch(from: .estimated), AutomaticSearch(from: .estimated),
      GreedySearch(from: .estimated), SensitivitySearch(samples: 16, from: .estimated),
    ]
    for method in methods {
      let error = #expect(throws: SearchFailure.self) { try Self.search(method, Self.evaluator(nil)) }
      let cause = try #require(error).cause
      #expect("\(cause)".contains("--sensitivities measured"))
    }
  }

  @Test("a power law is found from its points: measured = 3 x estimated^0.5")
  func powerLaw() {
    let pairs = [0.0001, 0.01, 0.04, 1, 25].map { (estimated: $0, measured: 3 * $0.squareRoot()) }
    let correction = EstimateCorrection(pairs)
    #expect(abs(correction.value(0.25) - 1.5) < 1e-9)
    #expect(abs(correction.value(4) - 6) < 1e-9)
    // With too few points, and for what is no increase, nothing changes.
    #expect(EstimateCorrection(Array(pairs.prefix(3))).value(0.25) == 0.25)
    #expect(correction.value(-0.5) == 0)
    // Estimates of one size say nothing of the exponent: the mean factor is 2.
    let alike = [1, 4].flatMap { factor in
      Array(repeating: (estimated: 0.25, measured: 0.25 * Double(factor)), count: 2)
    }
    #expect(abs(EstimateCorrection(alike).value(1) - 2) < 1e-9)
  }
}
