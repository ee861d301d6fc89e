import Core
import Evaluation
import Networks

extension QuantizedGraph {
  /// The network with one quantizer behind every value that a runtime holds in 8 bits, and without the clamps that
  /// these quantizers repeat.
  ///
  /// Quantized values are unsigned, with a zero point, since runtimes fuse only what has one type throughout.
  func graphWithHeldValues() throws -> Graph {
    let byLayer = Dictionary(uniqueKeysWithValues: encodings.map { ($0.layer, $0.activation) })
    var quantizerOf: [String: QuantizerEncoding] = [:]
    for group in HeldValues(of: graph).groups {
      guard let quantizer = group.layers.first.map({ byLayer[$0]! }) ?? values[group.values[0]] else {
        throw ExportError.noQuantizer(
          values: HeldValues(of: graph).withoutLayers.filter { values[$0] == nil })
      }
      for value in group.values { quantizerOf[value] = quantizer }
    }
    var names = UnusedNames(taken: Set(try graph.shapes().keys).union(graph.nodes.map(\.name)))
    var result = graph
    result.nodes = []
    /// What the readers of a value read instead.
    var replacement: [String: String] = [:]
    func hold(_ value: String) {
      guard let quantizer = quantizerOf[value] else { return }
      let name = names.unused("\(value).quantized")
      result.nodes.append(
        Node(name: name, operation: .fakeQuantize(quantizer.inBytes), inputs: [value], output: name))
      replacement[value] = name
    }
    hold(graph.input)
    for var node in graph.nodes {
      if let quantizer = byLayer[node.name], quantizer != quantizerOf[node.inputs[0]] {
        // The layer reads its values more coarsely or finely than others do.
        let (value, name) = (
          replacement[node.inputs[0]] ?? node.inputs[0], names.unused("\(node.name).input")
        )
        result.nodes.append(
          Node(name: name, operation: .fakeQuantize(quantizer.inBytes), inputs: [value], output: name))
        node.inputs[0] = name
      } else {
        node.inputs = node.inputs.map { replacement[$0] ?? $0 }
      }
      if let maker = clampRepeated(by: quantizerOf[node.output], node, in: result) {
        result.nodes[maker].output = node.output
      } else {
        result.nodes.append(node)
      }
      hold(node.output)
    }
    return result
  }

  /// The position of the node whose result is clamped by `node` to no other range than its quantizer's, for itself alone.
  private func clampRepeated(by quantizer: QuantizerEncoding?, _ node: Node, in result: Graph) -> Int? {
    guard let quantizer, let clamp = node.operation.clampedRange else { return nil }
    let (format, value) = (quantizer.inBytes, node.inputs[0])
    let lowest = (format.quantizedRange.lowerBound - format.zeroPoint) * format.scale
    let highest = (format.quantizedRange.upperBound - format.zeroPoint) * format.scale
    guard clamp.lowerBound <= lowest, highest <= clamp.upperBound * (1 + 1e-6),
      !graph.outputs.contains(value), graph.nodes.count(where: { $0.inputs.contains(value) }) == 1
    else { return nil }
    return result.nodes.firstIndex { $0.output == value }
  }
}

/// Names that nothing in a graph has yet.
private struct UnusedNames {
  var taken: Set<String>

  mutating func unused(_ wanted: String) -> String {
    var name = wanted
    while !taken.insert(name).inserted { name += "_" }
    return name
  }
}

extension QuantizerEncoding {
  /// The quantizer with all 256 values of an unsigned byte; a signed one gets the zero point 128.
  ///
  /// - Precondition: the quantizer has 8 bits and one scale.
  fileprivate var inBytes: FakeQuantization {
    let shift = lowest < 0 ? 128 : 0
    return FakeQuantization(
      scale: scales[0], zeroPoint: Float(zeroPoint + shift), quantizedRange: 0...255, width: .eight)
  }
}
