import Core
import PrecisionSearch
import Testing

@Suite struct AgentEnvironmentTests {
  @Test("an action of 1 is 8 bit, not 9, and the interval is divided evenly")
  func actions() {
    let widths = BitWidth.all(from: BitWidth(2)!, through: .eight)
    func bits(_ action: Double) -> Int { AgentEnvironment.width(for: action, among: widths).bits }
    // HAQ's round(2 - 0.5 + 7a) with halves up, clamped to 8: 1.5, 8.5, 5.0, 2.49, 2.5, 7.49, 7.51.
    #expect([0, 1, 0.5].map(bits) == [2, 8, 5])
    let besideBoundaries = [0.99, 1.01, 5.99, 6.01].map { bits($0 / 7) }
    #expect(besideBoundaries == [2, 3, 7, 8])
  }

  @Test("widths with gaps are chosen by position")
  func gaps() {
    let widths = Fixture.widths(2, 4, 8)
    let bits = [0, 0.33, 0.34, 0.66, 0.67, 1].map { AgentEnvironment.width(for: $0, among: widths).bits }
    #expect(bits == [2, 2, 4, 4, 8, 8])
  }

  private static let tiny = Network(
    name: "tiny",
    layers: [
      Layer(
        name: "conv", kind: .convolution, inputChannels: 1, outputChannels: 4,
        input: Extent(square: 8), output: Extent(square: 4), kernel: Extent(square: 3),
        stride: Extent(square: 2)),
      Layer(
        name: "depthwise", kind: .depthwise, groups: 4, inputChannels: 4, outputChannels: 4,
        input: Extent(square: 4), output: Extent(square: 4), kernel: Extent(square: 3)),
      Layer(name: "classes", kind: .fullyConnected, inputChannels: 4, outputChannels: 10),
    ])

  @Test("the state is the paper's ten numbers, scaled over the network")
  func state() {
    let encoding = StateEncoding(Self.tiny)
    // Raw: index 0 1 2, inputs 1 4 4, outputs 4 4 10, kernel 3 3 1, stride 2 1 0, area 64 16 1,
    // weights 4*1*9 = 36, 4*1*9 = 36, 40, depthwise 0 1 0.
    #expect(encoding.state(layer: 0, role: .weight, previous: 1) == [0, 0, 0, 1, 1, 1, 0, 0, 1, 1])
    #expect(
      encoding.state(layer: 1, role: .activation, previous: 0.5)
        == [0.5, 1, 0, 1, 0.5, Float(15.0 / 63), 0, 1, 0, 0.5])
    #expect(
      encoding.state(layer: 2, role: .weight, previous: 0.25) == [1, 1, 1, 0, 0, 0, 1, 0, 1, 0.25])
  }

  @Test("decides weights, then activations, layer by layer, without the pinned layers")
  func decisions() throws {
    let table = try Fixture.table(layers: 4) { _, _ in 1 }
    let space = try SearchSpace(table)
    let budget = try Budget(.latency, .absolute(4), in: space)
    let environment = AgentEnvironment(SearchProblem(space, budget: budget))
    var walk = environment.begin()
    var seen: [AgentEnvironment.Decision] = []
    var states: [[Float]] = []
    for action in [0, 1, 0.5, 0.99 / 7] {
      seen.append(walk.decision!)
      states.append(walk.state)
      walk.take(action)
    }
    #expect(seen.map(\.layer) == [1, 1, 2, 2])
    #expect(seen.map(\.role) == [.weight, .activation, .weight, .activation])
    #expect(states.map { $0[8] } == [1, 0, 1, 0])
    // The previous action: none, then 2, 8 and 5 of 8 bit.
    #expect(states.map { $0[9] } == [1, 0.25, 1, 0.625])
    #expect(walk.isFinished && walk.decision == nil)
    let expected = [.eight, Fixture.precision(2, 8), Fixture.precision(5, 2), .eight]
    #expect(try environment.policy(after: walk) == Policy(expected))
  }

  @Test("the first layer's 8-bit input costs what the 8-bit column says")
  func noSentinel() throws {
    // HAQ's code stores "already 8 bit" as -1, and reads the column of 7 bit with it.
    let table = try Fixture.table(layers: 3) { layer, precision in
      layer == 0 ? Double(1000 * precision.activation.bits) : 1
    }
    let space = try SearchSpace(table)
    let problem = SearchProblem(space, budget: try Budget(.latency, .absolute(9000), in: space))
    let environment = AgentEnvironment(problem)
    var walk = environment.begin()
    walk.take(1)
    walk.take(1)
    #expect(try problem.cost(of: environment.policy(after: walk)) == 8002)
  }

  @Test("activations are chosen among those that the target runs beside the chosen weights")
  func holes() throws {
    let table = try Fixture.table(layers: 3, widths: Fixture.widths(2, 4, 8)) { _, precision in
      precision.weight == .eight && precision.activation != .eight ? nil : 1
    }
    let space = try SearchSpace(table)
    let budget = try Budget(.latency, .absolute(9), in: space)
    let environment = AgentEnvironment(SearchProblem(space, budget: budget))
    var walk = environment.begin()
    walk.take(1)
    walk.take(0)
    #expect(try environment.policy(after: walk)[1] == .eight)
  }

  @Test("losing one percentage point of accuracy costs a reward of 0.1")
  func reward() {
    #expect(abs(Reward(referenceAccuracy: 0.92).value(accuracy: 0.91) + 0.1) < 1e-12)
  }
}
