import Core
import NumberFormats

extension Graph {
  /// The node, or the layer with quantized weights, at which the graph first quantizes something itself; nil when all is float.
  public var firstQuantizer: String? {
    nodes.first { node in
      if case .fakeQuantize = node.operation { return true }
      // Weights of 16-bit floats are as good as others, and files of networks that nobody quantized have them.
      return givenWidths[node.name]?.weight.map { $0.isNumberOfBits || $0.bits <= 8 } ?? false
    }?.name
  }

  /// The graph whose values are floats everywhere; weights keep the numbers that they have.
  ///
  /// A quantizer rounds, and cuts values to its range. Writers leave out a relu or a clip in front of a quantizer that cuts
  /// at the same places, so the cut is part of the network: it stays as a clip, unless no value lies outside.
  public func withoutQuantizers() -> Graph {
    var replacement: [String: String] = [:]
    var ranges = KnownRanges()
    var graph = self
    graph.givenWidths = [:]
    graph.nodes = []
    for var node in nodes {
      node.inputs = node.inputs.map { replacement[$0] ?? $0 }
      if case .fakeQuantize(let quantizer) = node.operation {
        guard quantizer.cuts, ranges.mayLeave(quantizer, node.inputs[0]) else {
          replacement[node.output] = node.inputs[0]
          continue
        }
        let range = quantizer.range
        node.operation = .clip(lowest: range.lowerBound, highest: range.upperBound)
      }
      ranges.note(node)
      graph.nodes.append(node)
    }
    graph.output = replacement[output] ?? output
    graph.otherOutputs = otherOutputs.map { replacement[$0] ?? $0 }
    return graph
  }
}

extension FakeQuantization {
  /// Whether numbers beyond its range become the end of it; casts to 16-bit floats make infinities of them.
  fileprivate var cuts: Bool { floats.map { $0.bits <= 8 } ?? true }

  /// The smallest and the largest number that it gives.
  public var range: ClosedRange<Float> {
    (quantizedRange.lowerBound - zeroPoint) * scale...(quantizedRange.upperBound - zeroPoint) * scale
  }
}

/// Between which numbers the values of a graph lie, as far as their operations alone tell.
private struct KnownRanges {
  private var ranges: [String: ClosedRange<Float>] = [:]
  private static let all = -Float.infinity...Float.infinity

  private func range(_ value: String) -> ClosedRange<Float> { ranges[value] ?? Self.all }

  /// Whether a value could be cut by the quantizer, and not merely rounded.
  func mayLeave(_ quantizer: FakeQuantization, _ value: String) -> Bool {
    let (known, range) = (range(value), quantizer.range)
    // What is less than half a step outside is rounded to the end of the range, as it would be within.
    let half = quantizer.scale / 2
    return known.lowerBound < range.lowerBound - half || known.upperBound > range.upperBound + half
  }

  mutating func note(_ node: Node) {
    let operand = range(node.inputs[0])
    switch node.operation {
    case .relu: ranges[node.output] = max(operand.lowerBound, 0)...max(operand.upperBound, 0)
    case .clip(let lowest, let highest):
      ranges[node.output] =
        min(max(operand.lowerBound, lowest), highest)...min(max(operand.upperBound, lowest), highest)
    case .activation(.sigmoid), .activation(.hardSigmoid), .softmax: ranges[node.output] = 0...1
    case .activation(.tanh): ranges[node.output] = -1...1
    case .flatten, .reshape, .transpose, .slice, .select, .expand, .globalAveragePool:
      ranges[node.output] = operand
    // Padding may be counted as zeros.
    case .pool: ranges[node.output] = min(operand.lowerBound, 0)...max(operand.upperBound, 0)
    case .concatenate:
      let parts = node.inputs.map(range)
      ranges[node.output] = parts.map(\.lowerBound).min()!...parts.map(\.upperBound).max()!
    default: break
    }
  }
}
