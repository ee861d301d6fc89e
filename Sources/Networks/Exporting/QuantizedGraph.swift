public import Core
public import Evaluation
public import Foundation
public import Networks
import NumberFormats

/// A network with quantized weights, and the quantizers of every layer's weights and inputs.
public struct QuantizedGraph: Sendable {
  /// Without quantizers; its weights are exactly numbers of their formats.
  public let graph: Graph
  public let network: Network
  public let policy: Policy
  /// One for each layer, in order, under the network's names.
  public let encodings: [LayerEncoding]
  /// Quantizers of 8 bits for values that no layer reads, by name; `qdq` needs those of `valuesWithoutLayers`.
  public let values: [String: QuantizerEncoding]

  /// The values of a graph that `qdq` holds in 8 bits and that no layer reads, such as the operands of sums.
  ///
  /// Throws `GraphError` when the nodes do not fit together.
  ///
  /// - Parameter policy: Nil is one of 8 bits.
  public static func valuesWithoutLayers(in graph: Graph, under policy: Policy? = nil) throws -> [String] {
    let layers = try graph.network().layers
    let policy = policy ?? .uniform(.eight, layerCount: layers.count)
    let integer = zip(layers, policy.precisions).filter { $0.1.isFused }.map(\.0.name)
    return try HeldValues(of: graph.inIntegerForms(), integerLayers: Set(integer)).withoutLayers
  }

  /// The layers that runtimes have integer operators for.
  var integerLayers: Set<String> {
    Set(zip(network.layers, policy.precisions).filter { $0.1.isFused }.map(\.0.name))
  }

  /// Takes what an evaluator handed out, once it is proven to be the policy on this network.
  ///
  /// - Parameters:
  ///   - graph: Without quantizers.
  ///   - encodings: One for each layer, in order; names are the network's by now.
  ///   - values: Quantizers for further values, by name.
  ///   - constants: New numbers for constants of the graph, by name.
  ///   - numbers: Weights and biases of every layer in order, as little-endian 32-bit floats.
  /// - Throws: `ExportError` that names the first misfit; `GraphError` when the nodes do not fit together.
  public init(
    _ graph: Graph, policy: Policy, encodings: [LayerEncoding], values: [String: QuantizerEncoding] = [:],
    constants: [String: [Float]] = [:], numbers: Data
  ) throws {
    network = try graph.network()
    self.policy = policy
    let layers = network.layers
    guard encodings.map(\.layer) == layers.map(\.name) else {
      throw ExportError.wrongLayers(
        found: encodings.map(\.layer).joined(separator: ", "),
        expected: layers.map(\.name).joined(separator: ", "))
    }
    let counts = layers.flatMap { [$0.weightCount, $0.outputChannels] }
    guard numbers.count == 4 * counts.reduce(0, +) else {
      throw ExportError.wrongFileSize(found: numbers.count, expected: 4 * counts.reduce(0, +))
    }
    var quantized = graph
    var rest = numbers[...]
    for (index, layer) in layers.enumerated() {
      let encoding = encodings[index]
      try encoding.check(
        against: policy.precisions[index], outputs: layer.outputChannels, weights: layer.weightCount)
      let (weight, bias) = (
        rest.takeFloats(layer.weightCount), rest.takeFloats(layer.outputChannels)
      )
      guard (weight + bias).allSatisfy(\.isFinite) else { throw ExportError.notFinite(layer: layer.name) }
      quantized.weights[layer.name] = LayerWeights(
        weight: try encoding.requantized(weight, outputs: layer.outputChannels), bias: bias)
    }
    for (name, values) in constants {
      guard let constant = graph.constants[name], constant.values.count == values.count,
        values.allSatisfy(\.isFinite)
      else { throw ExportError.illegalConstant(name, known: graph.constants[name]?.values.count) }
      quantized.constants[name] = Constant(extents: constant.extents, values: values)
    }
    for (value, quantizer) in values {
      guard quantizer.bits == .eight else {
        throw ExportError.illegalValueQuantizer(
          value: value, problem: "has \(quantizer.bits) bits instead of 8")
      }
      if let problem = quantizer.problem(scaleCounts: [1]) {
        throw ExportError.illegalValueQuantizer(value: value, problem: problem)
      }
    }
    self.graph = quantized
    self.encodings = encodings
    self.values = values
  }
}

extension Precision {
  /// Whether runtimes fuse a layer of it into one integer operator.
  fileprivate var isFused: Bool {
    activation == .eight && weight.isNumberOfBits && weight.bits <= BitWidth.eight.bits
  }
}

extension LayerEncoding {
  fileprivate func check(against precision: Precision, outputs: Int, weights: Int) throws {
    for (encoding, role, width, counts) in [
      (weight, "weights", precision.weight, [1, outputs]),
      (activation, "activations", precision.activation, [1]),
    ] {
      guard encoding.format == width else {
        guard encoding.format.isNumberOfBits, width.isNumberOfBits, width != .float else {
          throw ExportError.wrongFormat(
            layer: layer, role: role, found: encoding.format.formatName, expected: width.formatName)
        }
        throw ExportError.wrongWidth(
          layer: layer, role: role, found: encoding.format.bits, expected: width.bits)
      }
      let problem =
        switch encoding {
        case .integers(let quantizer): quantizer.problem(scaleCounts: counts)
        case .other(let other):
          other.problem(outputs: outputs, rowLength: weights / outputs, isWeight: role == "weights")
        }
      if let problem { throw ExportError.illegalQuantizer(layer: layer, role: role, problem: problem) }
    }
  }

  /// The weights that their quantized values stand for, a rounding error of the sender taken off.
  ///
  /// Further away than a hundredth of a step is no rounding error. Of formats that no ONNX form has, weights are taken
  /// as they are.
  fileprivate func requantized(_ weights: [Float], outputs: Int) throws -> [Float] {
    func rounded(_ scales: [Float], rowLength: Int, block: Int, _ round: (Float) -> Float?) throws -> [Float]
    {
      let blocks = (rowLength + block - 1) / block
      return try weights.enumerated().map { index, value in
        let (row, column) = (index / rowLength, index % rowLength)
        let scale = scales[scales.count == 1 ? 0 : row * blocks + column / block]
        guard let quantized = round(value / scale) else {
          throw ExportError.notQuantized(layer: layer, weight: value, scale: scale)
        }
        return quantized * scale
      }
    }
    func integers(_ range: ClosedRange<Float>) -> (Float) -> Float? {
      { value in
        let quantized = value.rounded(.toNearestOrEven)
        return abs(value - quantized) <= 0.01 && range.contains(quantized) ? quantized : nil
      }
    }
    let row = weights.count / outputs
    switch weight {
    case .integers(let quantizer):
      let zero = Float(quantizer.zeroPoint)
      return try rounded(
        quantizer.scales, rowLength: row, block: row,
        integers(Float(quantizer.lowest) - zero...Float(quantizer.highest) - zero))
    case .other(let encoding):
      switch encoding.format.format {
      case .floating(let floats):
        let scales = encoding.scales.isEmpty ? [1] : encoding.scales
        return try rounded(scales, rowLength: row, block: row) { value in
          let nearest = floats.round(value, overflow: .saturating)
          return abs(value - nearest) <= abs(nearest) * 1e-5 ? nearest : nil
        }
      case .integerGroups(let groups):
        return try rounded(
          encoding.scales, rowLength: row, block: groups.length.rawValue,
          integers(Float(groups.range.lowerBound)...Float(groups.range.upperBound)))
      default: return weights
      }
    }
  }
}

extension FormatEncoding {
  /// What is wrong with the scales; nil when nothing is.
  fileprivate func problem(outputs: Int, rowLength: Int, isWeight: Bool) -> String? {
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      return "has a scale that is not a positive number"
    }
    let counts: [Int] =
      switch format.format {
      case .floating(let floats): floats.bits > 8 ? [0] : isWeight ? [1, outputs] : [1]
      case .integerGroups(let groups):
        isWeight ? [outputs * ((rowLength + groups.length.rawValue - 1) / groups.length.rawValue)] : [0]
      case .nvfp4: [0, 1]
      default: [0]
      }
    guard counts.contains(scales.count) else {
      return
        "has \(scales.count) scales; \(counts.map(String.init).joined(separator: " or ")) expected of \(format)"
    }
    return nil
  }
}

extension QuantizerEncoding {
  /// What is wrong with the quantizer; nil when nothing is.
  fileprivate func problem(scaleCounts: [Int]) -> String? {
    guard bits.bits <= 16 else { return "has \(bits) bits; up to 16 can be exported" }
    guard scaleCounts.contains(scales.count) else {
      return "has \(scales.count) scales; \(scaleCounts.map(String.init).joined(separator: " or ")) expected"
    }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      return "has a scale that is not a positive number"
    }
    guard quantizedRanges.contains(where: { $0 == (lowest, highest) }) else {
      let ranges = quantizedRanges.map { "\($0.lowest) to \($0.highest)" }.joined(separator: ", ")
      return "has quantized values from \(lowest) to \(highest); with \(bits) bits they are \(ranges)"
    }
    guard (lowest...highest).contains(zeroPoint) else {
      return "has the zero point \(zeroPoint), which is not one of its quantized values"
    }
    return nil
  }

  /// The quantized values that QONNX's Quant can have at the width: unsigned, and signed with and without the most negative one.
  private var quantizedRanges: [(lowest: Int, highest: Int)] {
    let half = 1 << (bits.bits - 1)
    return [(0, 2 * half - 1)] + (half > 1 ? [(1 - half, half - 1), (-half, half - 1)] : [])
  }
}

extension Data {
  /// - Precondition: there are that many.
  fileprivate mutating func takeFloats(_ count: Int) -> [Float] {
    defer { self = dropFirst(4 * count) }
    return prefix(4 * count).withUnsafeBytes { bytes in
      (0..<count).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }
}
