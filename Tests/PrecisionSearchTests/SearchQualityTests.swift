import Agents
import Evaluation
import HardwareModel
import PrecisionSearch
import Testing

/// A made-up network whose best policy is known, as a check that the agent learns.
@Suite struct SearchQualityTests {
  private static let layerCount = 17

  /// Expansion, depthwise and projection layers in turn, between a first and a last layer.
  private static func layer(_ index: Int) -> Layer {
    let (narrow, wide) = (8 + 2 * (index / 3), 6 * (8 + 2 * (index / 3)))
    let side = Extent(square: index < 9 ? 14 : 7)
    let shape: (Layer.Kind, groups: Int, inputs: Int, outputs: Int, kernel: Int) =
      switch index {
      case layerCount - 1: (.fullyConnected, 1, wide, 10, 1)
      case let index where index % 3 == 1: (.convolution, 1, narrow, wide, 1)
      case let index where index % 3 == 2: (.depthwise, wide, wide, wide, 3)
      default: (.convolution, 1, wide, narrow, 1)
      }
    return Layer(
      name: "layer\(index)", kind: shape.0, groups: shape.groups, inputChannels: shape.inputs,
      outputChannels: shape.outputs, input: side, output: side, kernel: Extent(square: shape.kernel))
  }

  /// Whole cycles: the slower of arithmetic and of streaming the operands, as on a small bit-serial array.
  private static func cycles(_ index: Int, _ precision: Precision) -> Double {
    let (weight, activation) = (precision.weight.bits, precision.activation.bits)
    let layer = layer(index)
    let compute = layer.multiplyAccumulates * weight * activation / 16384
    let traffic = max(layer.weightCount * weight, layer.inputCount * activation) / 512
    return Double(max(compute, traffic) + 1)
  }

  private static func environment() throws -> Environment {
    let network = Network(name: "made up", layers: (0..<layerCount).map(layer))
    let table = try Fixture.table(network, latency: cycles)
    let space = try SearchSpace(table)
    return Environment(space, budget: try Budget(.latency, .relative(0.45), in: space))
  }

  /// The noise of a width falls by four per bit. Depthwise weights and late expansions are sensitive, and
  /// every layer departs from its kind by a factor of up to two.
  private static func noise(_ index: Int, _ precision: Precision) -> Double {
    let depth = Double(index) / Double(layerCount)
    let own = [1, 2, 0.5, 1.5, 0.7][index % 5]
    let weight = [0.5, 0.5 + 2 * depth, 8][index % 3] * own
    let activation = [1.0, 4 * (1 - depth), 0.5][index % 3] / own
    return weight / Double(1 << (2 * precision.weight.bits))
      + activation / Double(1 << (2 * precision.activation.bits))
  }

  private static func accuracy(noise: Double) -> Double { 0.1 + 0.8 / (1 + 5 * noise) }

  private static func evaluator() -> FormulaEvaluator {
    FormulaEvaluator { request in
      let precisions = request.policy?.precisions ?? []
      return accuracy(noise: precisions.enumerated().reduce(0) { $0 + noise($1.offset, $1.element) })
    }
  }

  /// The least noise within the budget, exactly, by dynamic programming over whole cycles.
  private static func optimum(_ environment: Environment) -> Double {
    let space = environment.space
    let limit = Int(environment.budget.limit)
    var least = [0.0] + Array(repeating: Double.infinity, count: limit)
    for layer in 0..<layerCount {
      var next = Array(repeating: Double.infinity, count: limit + 1)
      for precision in space.precisions(ofLayer: layer) {
        let cost = Int(space.table.cost(.latency, layer: layer, at: precision)!)
        let added = noise(layer, precision)
        for total in stride(from: cost, through: limit, by: 1) {
          next[total] = min(next[total], least[total - cost] + added)
        }
      }
      least = next
    }
    return accuracy(noise: least.min()!)
  }

  private static func best(_ environment: Environment, _ options: SearchOptions) throws -> Double {
    try Search(environment, options: options).run(evaluator()).best!.result.accuracy
  }

  @Test("shown the uniform policies, the agent improves on the best of them")
  func quality() throws {
    let environment = try Self.environment()
    let uniform = try BestUniform(environment.space, budget: environment.budget)
    var options = SearchOptions(
      episodes: 200, seed: 1, demonstrations: uniform.candidates.map(\.policy))
    (options.agent.hidden1, options.agent.hidden2, options.agent.batch) = (32, 32, 32)
    (options.agent.sigma, options.agent.sigmaDecay) = (0.25, 0.97)
    let searched = try Self.best(environment, options)
    let baseline = try uniform.run(Self.evaluator(), fineTuning: nil).best!.measured.result.accuracy
    let optimum = Self.optimum(environment)
    #expect(searched <= optimum)
    #expect(
      searched - baseline > 0.2 * (optimum - baseline), "\(baseline) < \(searched) < \(optimum)")
  }

  @Test("the paper's schedule is far better than as many random policies")
  func learning() throws {
    let environment = try Self.environment()
    var options = SearchOptions(episodes: 150, seed: 1)
    (options.agent.hidden1, options.agent.hidden2, options.agent.batch) = (32, 32, 32)
    let searched = try Self.best(environment, options)
    options.agent.warmUpEpisodes = options.episodes
    let random = try Self.best(environment, options)
    #expect(
      searched - random > 0.3 * (Self.optimum(environment) - random),
      "\(random) < \(searched) < \(Self.optimum(environment))")
  }
}
