import Core
import Evaluation
import PrecisionSearch
import Testing

@Suite struct SensitivityTests {
  private static func problem(layers: Int, share: Double = 0.8) throws -> SearchProblem {
    let table = try Fixture.table(layers: layers) { Double($1.weight.bits * $1.activation.bits + $0) }
    let space = try SearchSpace(table)
    return SearchProblem(space, budget: try Budget(.latency, .relative(share), in: space))
  }

  private static func search(
    _ problem: SearchProblem, _ method: any SearchMethod, _ evaluator: FormulaEvaluator,
    evaluations: Int = 100
  ) throws -> SearchResult {
    try Search(problem, method: method, options: SearchOptions(evaluations: evaluations, seed: 1))
      .run(evaluator)
  }

  @Test("one sensitivity measurement for each layer, role and width below the widest, and one for the widest")
  func measurements() throws {
    let evaluator = FormulaEvaluator(samples: 100, divergence: { _ in 0.5 }, accuracy: { _ in 0.9 })
    let result = try Self.search(
      Self.problem(layers: 4), IntegerProgramSearch(sensitivitySamples: 10), evaluator)
    // Layers 1 and 2 are searched: 2 layers x 2 roles x widths 2...7, and all at 8 bit.
    #expect(result.sensitivityMeasurements.count == 25 && result.sensitivityMeasurements.images == 250)
    // 250 images are worth two and a half evaluations, which count as three; one policy was measured.
    #expect(result.evaluations == 4)
    let measured = evaluator.requests.dropFirst().prefix(25).map { $0.policy!.precisions }
    #expect(measured.first == Array(repeating: Precision.eight, count: 4))
    #expect(Set(measured).count == 25)
    for policy in measured.dropFirst() {
      let narrowed = policy.flatMap { [$0.weight, $0.activation] }.filter { $0 != .eight }
      #expect(narrowed.count == 1)
      #expect(policy.first == .eight && policy.last == .eight)
    }
  }

  @Test("the increase is relative to the widest, and never falls with the width")
  func increases() throws {
    // Layer 1's weights: 0.25 above the base at 7 bit, 0.125 at 6 bit (chance), 1 at 5 bit, 2 below.
    let byWidth = [8: 0.0, 7: 0.25, 6: 0.125, 5: 1, 4: 2, 3: 2, 2: 2]
    let evaluator = FormulaEvaluator(
      samples: 100, divergence: { 0.5 + byWidth[$0.policy![1].weight.bits]! }, accuracy: { _ in 0.9 })
    let result = try Self.search(Self.problem(layers: 3), IntegerProgramSearch(), evaluator)
    let sensitivity = try #require(result.sensitivity)
    #expect(sensitivity.measure == .divergence)
    let weights = Fixture.widths(8, 7, 6, 5, 4, 3, 2).map {
      sensitivity.increase(layer: 1, .weight, at: $0)
    }
    #expect(weights == [0, 0.25, 0.25, 1, 2, 2, 2])
    #expect(sensitivity.increase(layer: 1, .activation, at: BitWidth(2)!) == 0)
    #expect(sensitivity.increase(layer: 0, .weight, at: BitWidth(4)!) == nil)
  }

  @Test("without a divergence, the loss tells")
  func loss() throws {
    let evaluator = FormulaEvaluator(samples: 100) { _ in 0.9 }
    let result = try Self.search(Self.problem(layers: 3), IntegerProgramSearch(), evaluator)
    #expect(result.sensitivity?.measure == .loss)
  }

  @Test("the program's policy is the best of all policies", arguments: 0..<12)
  func bruteForce(seed: Int) throws {
    let table = try Fixture.table(
      layers: 4, widths: Fixture.widths(2, 4, 5, 8), latency: Fixture.irregular(seed))
    let space = try SearchSpace(table)
    let limit = [150.0, 200, 250][seed % 3]
    guard let budget = try? Budget(.latency, .absolute(limit), in: space) else { return }
    let problem = SearchProblem(space, budget: budget)
    // Rises as the widths fall, differently for each layer and role.
    func noise(_ policy: Policy) -> Double {
      policy.precisions.enumerated().reduce(0) { sum, item in
        guard item.offset == 1 || item.offset == 2 else { return sum }
        let factor = Double((seed * 7 + item.offset * 5) % 11 + 1)
        return sum + factor / Double(item.element.weight.bits) + (12 - factor)
          / Double(item.element.activation.bits)
      }
    }
    let evaluator = FormulaEvaluator(samples: 1000, divergence: { noise($0.policy!) }, accuracy: { _ in 0.9 })
    let episodes = try Self.search(problem, IntegerProgramSearch(), evaluator).episodes
    #expect(episodes.count == 1)
    let found = episodes[0].measured.policy
    let admitted = try Fixture.policies(of: space).filter { try budget.admits($0, in: space) }
    let least = admitted.map(noise).min()!
    #expect(try budget.admits(found, in: space))
    #expect(abs(noise(found) - least) < 1e-6, "\(noise(found)), least \(least)")
  }

  @Test("under a maximum every layer takes the best that it may have")
  func maximum() throws {
    let table = try Fixture.table(layers: 4, aggregate: .max) { layer, precision in
      Double(layer == 2 ? 1 : precision.weight.bits * precision.activation.bits)
    }
    let space = try SearchSpace(table)
    let problem = SearchProblem(space, budget: try Budget(.latency, .absolute(64), in: space))
    let tight = SearchProblem(
      try SearchSpace(table, pinning: .none),
      budget: try Budget(.latency, .absolute(20), in: try SearchSpace(table, pinning: .none)))
    let evaluator = FormulaEvaluator(
      samples: 1000,
      divergence: {
        $0.policy!.precisions.reduce(0) {
          $0 + 1 / Double($1.weight.bits) + 1 / Double($1.activation.bits)
        }
      }, accuracy: { _ in 0.9 })
    let free = try Self.search(problem, IntegerProgramSearch(), evaluator).episodes[0].measured.policy
    #expect(free.precisions == Array(repeating: .eight, count: 4))
    let bound = try Self.search(tight, IntegerProgramSearch(), evaluator).episodes[0].measured.policy
    // 1/W + 1/A with W * A <= 20: 4 and 5 give 9/20, the least. Layer 2 costs 1 whatever its widths.
    for layer in [0, 1, 3] {
      #expect([bound[layer].weight.bits, bound[layer].activation.bits].sorted() == [4, 5])
    }
    #expect(bound[2] == .eight)
  }

  @Test("the automatic search starts with the program's policy and spends everything on others near it")
  func automatic() throws {
    let problem = try MadeUpNetwork.problem()
    let program = try Self.search(
      problem, IntegerProgramSearch(), MadeUpNetwork.evaluator(), evaluations: 20)
    let result = try Self.search(problem, AutomaticSearch(), MadeUpNetwork.evaluator(), evaluations: 20)
    #expect(result.ending == .completed && result.evaluations == 20)
    #expect(result.episodes.first?.measured == program.episodes.first?.measured)
    #expect(result.episodes.first?.origin == .integerProgram)
    #expect(result.episodes.dropFirst().allSatisfy { $0.origin == .varied(sigma: 0.25) })
    #expect(Set(result.episodes.map(\.measured.policy)).count == result.episodes.count)
    #expect(result.finalists().contains { $0.policy == program.episodes[0].measured.policy })
    let again = try Self.search(problem, AutomaticSearch(), MadeUpNetwork.evaluator(), evaluations: 20)
    #expect(again == result)
  }

  @Test("too few evaluations for the sensitivity measurements are reported before anything runs")
  func least() throws {
    let problem = try Self.problem(layers: 4)
    let options = SearchOptions(evaluations: 5, seed: 1, samples: 100)
    // 25 measurements of 16 images are the work of 4 evaluations of 100; one more for the solution.
    #expect(IntegerProgramSearch().leastEvaluations(in: problem, options: options) == 5)
    // 25 measurements of 100 images.
    #expect(AutomaticSearch(sensitivitySamples: 100).leastEvaluations(in: problem, options: options) == 26)
    #expect(RandomSearch().leastEvaluations(in: problem, options: options) == 1)
  }

  @Test("stops during the sensitivity measurements when asked, with nothing measured")
  func stopping() throws {
    let evaluator = FormulaEvaluator(samples: 100, divergence: { _ in 0 }, accuracy: { _ in 0.9 })
    let problem = try Self.problem(layers: 4)
    let result = try Search(
      problem, method: AutomaticSearch(), options: SearchOptions(evaluations: 50, seed: 1)
    ).run(
      evaluator,
      onSensitivityMeasurement: { done, planned in
        #expect(planned == 25)
        return done == 3 ? .stop : .next
      })
    #expect(result.ending == .stopped && result.sensitivityMeasurements.count == 3 && result.best == nil)
  }
}
