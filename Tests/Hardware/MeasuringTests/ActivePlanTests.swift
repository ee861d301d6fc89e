import Core
import CostPrograms
import Measuring
import Testing

@Suite("A measurement that chooses its layers", .serialized) struct ActivePlanTests {
  /// Latencies with a fixed cost, and a kernel that is slower for every other hundred of inputs.
  private static let uneven = """
    slow = 1.6 if p["layer"]["in_channels"] // 100 % 2 else 1.0
    found({"cost": {"latency_s": 1e-6 + slow * seconds}, "spread": 0.001, "repetitions": 11})
    """

  private static func plan(
    _ candidates: Int, until goal: Double, given inputs: [Int] = [64, 128]
  ) throws -> ActivePlan {
    let base = FakeDevice.run(inputs).plan
    let source = try #require(RandomLayers(kinds: [.fullyConnected], seed: 5))
    return ActivePlan(base, choosingFrom: candidates, source, until: goal)
  }

  private static func outcome(
    _ plan: ActivePlan, _ device: FakeDevice, checks: Int = 0
  ) throws -> (outcome: ActivePlan.Outcome, seen: [ActivePlan.Round]) {
    var seen: [ActivePlan.Round] = []
    let settings = MeasuringRun(
      plan: plan.pool, seed: 1, precision: 0.02, mostTakes: 1, checkCount: checks)
    let outcome = try plan.run(
      asking: try device.model(), settings, onPlan: { _ in }, onProgress: { _ in },
      onRound: { seen.append($0) })
    return (outcome, seen)
  }

  @Test(
    "it goes on until the goal is reached or nothing is left, and stops at the first round that reaches it")
  func goals() throws {
    // 2 layers that are given and 40 random ones, then 10, 13, 16 and what is left of 90.
    let whole = try Self.outcome(Self.plan(90, until: 0), try FakeDevice(Self.uneven))
    #expect(!whole.outcome.isReached && whole.seen == whole.outcome.rounds)
    #expect(whole.outcome.rounds.map(\.layers) == [42, 52, 65, 81, 92])
    #expect(whole.outcome.rounds.map(\.points) == [84, 104, 130, 162, 184])
    let errors = try whole.outcome.rounds.map { try #require($0.heldOutError) }
    let least = try #require(errors.min())
    let place = try #require(errors.firstIndex(of: least))
    // More layers make the sample better predicted.
    #expect(place > 0 && least < errors[0], "\(errors)")
    let device = try FakeDevice(Self.uneven)
    let reached = try Self.outcome(Self.plan(90, until: least), device, checks: 3)
    #expect(reached.outcome.isReached)
    #expect(reached.outcome.rounds == Array(whole.outcome.rounds.prefix(place + 1)))
    // Each point once, and three of them once more.
    #expect(device.asked().count == 2 * (reached.outcome.rounds.last?.layers ?? 0) + 3)
    #expect(reached.outcome.run.plan.layers.count == reached.outcome.rounds.last?.layers)
  }

  @Test("a point at which the program dies is not asked about again in later rounds, and is named once")
  func hopeless() throws {
    let device = try FakeDevice(
      """
      if key == "67-4": sys.exit(3)
      \(Self.uneven)
      """)
    var askedByRound: [Int] = []
    // No random layer has 67 inputs.
    let plan = try Self.plan(60, until: 0, given: [67, 128])
    #expect(!plan.candidates.contains { $0.inputChannels == 67 })
    let settings = MeasuringRun(plan: plan.pool, seed: 1, precision: 0.02, mostTakes: 2, checkCount: 2)
    let outcome = try plan.run(
      asking: try device.model(), settings, onPlan: { _ in }, onProgress: { _ in },
      onRound: { _ in askedByRound.append(device.asked().count { $0 == "67-4" }) })
    #expect(outcome.rounds.count > 1 && askedByRound[0] > 0)
    #expect(Set(askedByRound).count == 1, "\(askedByRound)")
    #expect(device.asked().count { $0 == "67-4" } == askedByRound[0])
    #expect(outcome.unanswered.map { outcome.run.plan.layers[$0.point.layer].inputChannels } == [67])
  }

  @Test(
    "ended in its first and in a later round, it chooses the same, and does not ask again for what is kept")
  func resumed() throws {
    struct Stop: Error {}
    let whole = try FakeDevice(Self.uneven)
    let expected = try Self.outcome(Self.plan(60, until: 0), whole).outcome
    let device = try FakeDevice(Self.uneven)
    let plan = try Self.plan(60, until: 0)
    let settings = MeasuringRun(plan: plan.pool, seed: 1, precision: 0.02, mostTakes: 1, checkCount: 0)
    for limit in [7, 90] {
      var answers = 0
      #expect(throws: Stop.self) {
        try plan.run(
          asking: try device.model(), settings, onPlan: { _ in },
          onProgress: { _ in
            answers += 1
            if answers > limit { throw Stop() }
          }, onRound: { _ in })
      }
    }
    let before = device.asked().count
    let outcome = try Self.outcome(plan, device).outcome
    #expect(outcome.rounds == expected.rounds)
    #expect(outcome.run.plan.layers == expected.run.plan.layers)
    #expect(Set(device.asked()) == Set(whole.asked()))
    // Of 124 points, 97 answers were kept, less the few calls which say that a round begins. A program that is ended may
    // note some more questions before it is.
    #expect(whole.asked().count == 124 && device.asked().count - before <= 50)
  }
}
