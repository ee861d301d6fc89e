import Core
import Evaluation
import Networks

extension QuantizedGraph {
  /// The network with one quantizer behind every value that a runtime holds in 8 bits, and without the clamps that
  /// these quantizers repeat.
  ///
  /// Quantized values are unsigned, with a zero point, since runtimes fuse only what has one type throughout.
  ///
  /// - Throws: `ExportError.noQuantizer` with all values that lack one.
  func graphWithHeldValues() throws -> Graph {
    let graph = try graph.inIntegerForms()
    let held = HeldValues(of: graph, integerLayers: integerLayers)
    let missing = held.withoutLayers.filter { values[$0] == nil }
    guard missing.isEmpty else { throw ExportError.noQuantizer(values: missing) }
    var byLayer: [String: QuantizerEncoding] = [:]
    var others: [String: FakeQuantization?] = [:]
    for encoding in encodings {
      if integerLayers.contains(encoding.layer), let quantizer = encoding.activation.integers {
        byLayer[encoding.layer] = quantizer
      } else {
        others.updateValue(FakeQuantization(encoding.activation), forKey: encoding.layer)
      }
    }
    let byValue = held.sources.compactMapValues { source in
      switch source {
      case .input(let layer): byLayer[layer]
      case .value(let value): values[value]
      }
    }
    var placement = QuantizerPlacement(
      in: graph, byLayer: byLayer, byValue: byValue, others: others,
      exact: graph.exactValues(integerLayers))
    placement.settle(graph.nodes, reading: graph.input)
    placement.holdInput()
    for node in graph.nodes { placement.append(node) }
    return placement.result
  }
}

/// A graph that grows node by node, each behind the quantizers of what it reads.
private struct QuantizerPlacement {
  private(set) var result: Graph
  /// Of what layers read, by layer.
  private let byLayer: [String: QuantizerEncoding]
  /// Of the values that are held.
  private var byValue: [String: QuantizerEncoding]
  /// Of what layers read that have no integer operator; nil where it is floats of 32 bits.
  private let others: [String: FakeQuantization?]
  /// What these read, and all that it is computed of without a layer.
  private let exact: Set<String>
  private let outputs: Set<String>
  private var names: UnusedNames
  /// The values that quantizers give.
  private var quantized: [Reading: String] = [:]

  /// What layers of floats read.
  private var rounded: [OtherReading: String] = [:]

  private struct Reading: Hashable {
    var value: String
    var quantizer: QuantizerEncoding
  }

  private struct OtherReading: Hashable {
    var value: String
    var quantizer: FakeQuantization
  }

  init(
    in graph: Graph, byLayer: [String: QuantizerEncoding], byValue: [String: QuantizerEncoding],
    others: [String: FakeQuantization?], exact: Set<String>
  ) {
    (self.others, self.exact) = (others, exact)
    result = graph
    result.nodes = []
    (self.byLayer, self.byValue) = (byLayer, byValue)
    outputs = Set(graph.outputs)
    let values = [graph.input] + graph.nodes.flatMap { [$0.name, $0.output] }
    names = UnusedNames(taken: Set(values).union(graph.constants.keys))
  }

  /// The quantizer by which a node reads its first input; nil for floats.
  private func reading(_ node: Node) -> QuantizerEncoding? {
    if let quantizer = byLayer[node.name] { return quantizer }
    if isOfFloats(node) { return nil }
    guard let own = byValue[node.inputs[0]] else { return nil }
    return node.operation.movesOnly ? byValue[node.output] ?? own : own
  }

  /// Whether a node reads values as they were computed, for itself or for a layer of floats.
  private func isOfFloats(_ node: Node) -> Bool {
    node.isLayer ? others[node.name] != nil : exact.contains(node.output)
  }

  /// Gives a value the quantizer by which all read it, where that is not its own.
  ///
  /// Runtimes join two quantizers in a row to one of another scale, which then fits the bias of no layer.
  mutating func settle(_ nodes: [Node], reading input: String) {
    var wanted: [String: Set<QuantizerEncoding>] = [:]
    func settled(_ value: String) -> QuantizerEncoding? {
      guard let own = byValue[value] else { return nil }
      return wanted[value].flatMap { $0.count == 1 ? $0.first : nil } ?? own
    }
    for node in nodes.reversed() {
      byValue[node.output] = settled(node.output)
      for (position, value) in node.inputs.enumerated() where !isOfFloats(node) {
        if let quantizer = position == 0 ? reading(node) : byValue[value] {
          wanted[value, default: []].insert(quantizer)
        }
      }
    }
    byValue[input] = settled(input)
  }

  mutating func holdInput() { hold(result.input) }

  mutating func append(_ node: Node) {
    var node = node
    if isOfFloats(node) {
      // What integer layers give is in bytes for these, too: a runtime has no such layer that gives floats.
      for (position, value) in node.inputs.enumerated() where !exact.contains(value) {
        if let quantizer = byValue[value] { node.inputs[position] = read(value, by: quantizer) }
      }
      if case .some(let quantizer?) = others[node.name] {
        node.inputs[0] = read(node.inputs[0], by: quantizer)
      }
      result.nodes.append(node)
      hold(node.output)
      return
    }
    let first = reading(node)
    for (position, value) in node.inputs.enumerated() {
      guard let quantizer = position == 0 ? first : byValue[value] else { continue }
      node.inputs[position] = read(value, by: quantizer)
    }
    if let quantizer = byValue[node.output], quantizer == first, let clamp = node.operation.clampedRange,
      quantizer.repeats(clamp), !outputs.contains(node.output)
    {
      quantized[Reading(value: node.output, quantizer: quantizer)] = node.inputs[0]
      return
    }
    result.nodes.append(node)
    hold(node.output)
  }

  /// As it was computed, rounded for a layer of floats.
  private mutating func read(_ value: String, by quantizer: FakeQuantization) -> String {
    let reading = OtherReading(value: value, quantizer: quantizer)
    if let name = rounded[reading] { return name }
    let name = names.unused("\(value).rounded")
    result.nodes.append(
      Node(name: name, operation: .fakeQuantize(quantizer), inputs: [value], output: name))
    rounded[reading] = name
    return name
  }

  private mutating func hold(_ value: String) {
    if let quantizer = byValue[value] { _ = read(value, by: quantizer) }
  }

  private mutating func read(_ value: String, by quantizer: QuantizerEncoding) -> String {
    let reading = Reading(value: value, quantizer: quantizer)
    if let name = quantized[reading] { return name }
    let own = byValue[value].flatMap { quantized[Reading(value: value, quantizer: $0)] }
    let name = names.unused("\(value).quantized")
    result.nodes.append(
      Node(name: name, operation: .fakeQuantize(quantizer.inBytes), inputs: [own ?? value], output: name))
    quantized[reading] = name
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

  /// Whether no number outside of the clamp is among the quantizer's.
  fileprivate func repeats(_ clamp: ClosedRange<Float>) -> Bool {
    let ends = [lowest, highest].map { Float($0 - zeroPoint) * scales[0] }
    // A clip that was found in the clamped values may be a rounding error away from the clamp.
    let room: Float = 1 + 1e-6
    return clamp.lowerBound * (clamp.lowerBound < 0 ? room : 1) <= ends[0]
      && ends[1] <= clamp.upperBound * (clamp.upperBound > 0 ? room : 1)
  }
}
