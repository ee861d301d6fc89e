import Core
import Evaluation
import PrecisionSearch
import Testing

@Suite struct ParetoSweepTests {
  private static func noise(_ layer: Int, _ precision: Precision) -> Double {
    Double(3 * layer + 2) / Double(1 << precision.weight.bits) + 1 / Double(1 << precision.activation.bits)
  }

  /// The divergence adds up over the layers, and the accuracy falls with it, so that the exact solution is the best.
  private static func noise(_ policy: Policy?) -> Double {
    policy.map { $0.precisions.enumerated().reduce(0) { $0 + noise($1.offset, $1.element) } } ?? 0
  }

  private static func accuracy(_ policy: Policy?) -> Double { 1 / (1 + noise(policy)) }

  private static func evaluator() -> FormulaEvaluator {
    FormulaEvaluator(samples: 100, divergence: { noise($0.policy) }, accuracy: { accuracy($0.policy) })
  }

  private let space: SearchSpace
  private let budgets: [Budget]

  init() throws {
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(2, 4, 8)) { layer, precision in
      Double((layer + 1) * precision.weight.bits * precision.activation.bits)
    }
    space = try SearchSpace(table, pinning: .none)
    // Uniform 8 bit costs (1 + 2 + 3) * 64 = 384.
    budgets = try [0.25, 0.5, 0.75].map { [space] in try Budget(.latency, .relative($0), in: space) }
  }

  private func sweep(evaluations: Int = 12) throws -> ParetoSweep {
    try ParetoSweep(
      space, budgets: budgets, options: SearchOptions(evaluations: evaluations, seed: 1, samples: 100),
      sensitivitySamples: 10)
  }

  @Test("finds the best of all policies within each budget, and measures every uniform one")
  func best() throws {
    let evaluator = Self.evaluator()
    let result = try #require(try sweep().run(evaluator))
    #expect(result.isComplete && result.reference.accuracy == 1)
    #expect(result.searched.map(\.budget) == budgets)
    for (budget, measured) in result.searched {
      let within = try Fixture.policies(of: space).filter { try budget.admits($0, in: space) }
      #expect(measured.map(\.accuracy).max() == within.map { Self.accuracy($0) }.max())
      // A search ends early when it finds no policy that it has not measured.
      #expect((1...4).contains(measured.count))
      #expect(try measured.allSatisfy { try budget.admits($0.policy, in: space) })
    }
    // Pairs of three widths.
    #expect(result.uniform.count == 9)
    #expect(result.uniform.allSatisfy { Set($0.measured.policy.precisions) == [$0.precision] })
    // The widest, and three layers of two roles at two narrower widths, once for all budgets.
    #expect(evaluator.requests.count { $0.samples == 10 } == 1 + 3 * 2 * 2)
    #expect(try sweep().planned == 12 + 9)
  }

  @Test("evaluations that equal parts leave over go to the first budgets")
  func parts() throws {
    let shares = try (0..<3).map { try sweep(evaluations: 11).evaluations(ofBudget: $0) }
    #expect(shares == [4, 4, 3])
    let result = try #require(try sweep(evaluations: 11).run(Self.evaluator()))
    #expect(zip(result.searched, [4, 4, 3]).allSatisfy { (1...$1).contains($0.measured.count) })
    #expect(try sweep(evaluations: 11).planned == 11 + 9)
  }

  @Test("stops when asked: without a policy there is no result, else what was measured is kept")
  func stopping() throws {
    let early = try sweep().run(Self.evaluator()) { _ in .stop }
    #expect(early == nil)
    var searched = 0
    let result = try sweep().run(Self.evaluator()) { step in
      guard case .searched = step else { return .next }
      searched += 1
      return searched == 6 ? .stop : .next
    }
    let found = try #require(result)
    #expect(!found.isComplete && found.searched.map(\.measured.count) == [4, 2] && found.uniform.isEmpty)
  }

  @Test("an evaluator's error is thrown as it is")
  func failure() {
    struct Broken: Error {}
    let evaluator = FormulaEvaluator { request in
      if request.samples == 100, request.policy != nil { throw Broken() }
      return 1
    }
    #expect(throws: Broken.self) { try sweep().run(evaluator) }
  }
}

@Suite struct UniformPACTTests {
  @Test("4, 5 and 6 bit are compared where the target has them, pinned layers at their own precision")
  func policies() throws {
    let all = try SearchSpace(try Fixture.table(layers: 3) { _, _ in 1 })
    #expect(UniformPACT(all).policies.map(\.precision) == [4, 5, 6].map { Fixture.precision($0, $0) })
    #expect(
      UniformPACT(all).policies.map(\.policy)
        == [4, 5, 6].map { Policy([.eight, Fixture.precision($0, $0), .eight]) })
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(2, 4, 8)) { _, _ in 1 }
    #expect(UniformPACT(try SearchSpace(table)).policies.map(\.precision) == [Fixture.precision(4, 4)])
  }
}

@Suite struct ParetoFrontTests {
  @Test("a point is on the front unless another costs no more, is no less accurate, and is better in one")
  func front() {
    let points: [(cost: Double, accuracy: Double)] = [
      (1, 0.5), (2, 0.5), (2, 0.7), (2, 0.7), (3, 0.6), (4, 0.9),
    ]
    #expect(ParetoFront.contains(points) == [true, false, true, true, false, true])
    #expect(ParetoFront.contains([]).isEmpty)
  }
}
