import Core
import Evaluation
import PrecisionSearch

/// A network whose layers' noise adds up, so that its best policy within a budget can be computed.
enum MadeUpNetwork {
  static let layerCount = 17

  /// Expansion, depthwise and projection layers in turn, between a first and a last layer.
  static func layer(_ index: Int) -> Layer {
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
  static func cycles(_ index: Int, _ precision: Precision) -> Double {
    let (weight, activation) = (precision.weight.bits, precision.activation.bits)
    let layer = layer(index)
    let compute = layer.multiplyAccumulates * weight * activation / 16384
    let traffic = max(layer.weightCount * weight, layer.inputCount * activation) / 512
    return Double(max(compute, traffic) + 1)
  }

  static func problem() throws -> SearchProblem {
    let network = Network(name: "made up", layers: (0..<layerCount).map(layer))
    let table = try Fixture.table(network, latency: cycles)
    let space = try SearchSpace(table)
    return SearchProblem(space, budget: try Budget(.latency, .relative(0.45), in: space))
  }

  /// The noise of a width falls by four per bit. Depthwise weights and late expansions are sensitive, and
  /// every layer departs from its kind by a factor of up to two.
  static func noise(_ index: Int, _ precision: Precision) -> Double {
    let depth = Double(index) / Double(layerCount)
    let own = [1, 2, 0.5, 1.5, 0.7][index % 5]
    let weight = [0.5, 0.5 + 2 * depth, 8][index % 3] * own
    let activation = [1.0, 4 * (1 - depth), 0.5][index % 3] / own
    return weight / Double(1 << (2 * precision.weight.bits))
      + activation / Double(1 << (2 * precision.activation.bits))
  }

  static func accuracy(noise: Double) -> Double { 0.1 + 0.8 / (1 + 5 * noise) }

  static func noise(of policy: Policy?) -> Double {
    guard let policy else { return 0 }
    return policy.precisions.enumerated().reduce(0.0) { $0 + noise($1.offset, $1.element) }
  }

  /// Its divergence is the noise itself.
  static func evaluator() -> FormulaEvaluator {
    FormulaEvaluator(
      samples: 1000, divergence: { noise(of: $0.policy) },
      accuracy: { request in
        accuracy(noise: noise(of: request.policy))
      })
  }

  /// The least noise within the budget, exactly, by dynamic programming over whole cycles.
  static func optimum(_ problem: SearchProblem) -> Double {
    let space = problem.space
    let limit = Int(problem.budgets[0].limit)
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
}
