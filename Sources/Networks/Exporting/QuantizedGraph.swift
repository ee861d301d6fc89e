public import Core
public import Evaluation
public import Foundation
public import Networks

/// A network with quantized weights, and the quantizers of every layer's weights and inputs.
public struct QuantizedGraph: Sendable {
  /// Without quantizers; its weights are exactly those that quantized values stand for.
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
  public static func valuesWithoutLayers(in graph: Graph) throws -> [String] {
    try HeldValues(of: graph.inIntegerForms()).withoutLayers
  }

  /// Takes what an evaluator handed out, once it is proven to be the policy on this network.
  ///
  /// - Parameters:
  ///   - graph: Without quantizers.
  ///   - encodings: One for each layer, in order; names are the network's by now.
  ///   - values: Quantizers for further values, by name.
  ///   - numbers: Weights and biases of every layer in order, as little-endian 32-bit floats.
  /// - Throws: `ExportError` that names the first misfit; `GraphError` when the nodes do not fit together.
  public init(
    _ graph: Graph, policy: Policy, encodings: [LayerEncoding], values: [String: QuantizerEncoding] = [:],
    numbers: Data
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
      try encoding.check(against: policy.precisions[index], outputs: layer.outputChannels)
      let (weight, bias) = (
        rest.takeFloats(layer.weightCount), rest.takeFloats(layer.outputChannels)
      )
      guard (weight + bias).allSatisfy(\.isFinite) else { throw ExportError.notFinite(layer: layer.name) }
      quantized.weights[layer.name] = LayerWeights(weight: try encoding.requantized(weight), bias: bias)
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

extension LayerEncoding {
  fileprivate func check(against precision: Precision, outputs: Int) throws {
    for (quantizer, role, width, counts) in [
      (weight, "weights", precision.weight, [1, outputs]),
      (activation, "activations", precision.activation, [1]),
    ] {
      guard quantizer.bits == width else {
        throw ExportError.wrongWidth(
          layer: layer, role: role, found: quantizer.bits.bits, expected: width.bits)
      }
      if let problem = quantizer.problem(scaleCounts: counts) {
        throw ExportError.illegalQuantizer(layer: layer, role: role, problem: problem)
      }
    }
  }

  /// The weights that their quantized values stand for, a rounding error of the sender taken off.
  ///
  /// Further away than a hundredth of a step is no rounding error.
  fileprivate func requantized(_ weights: [Float]) throws -> [Float] {
    let (scales, zero) = (weight.scales, Float(weight.zeroPoint))
    let length = weights.count / scales.count
    return try weights.enumerated().map { index, value in
      let scale = scales[index / length]
      let quantized = (value / scale).rounded(.toNearestOrEven)
      guard abs(value / scale - quantized) <= 0.01,
        (Float(weight.lowest) - zero...Float(weight.highest) - zero).contains(quantized)
      else { throw ExportError.notQuantized(layer: layer, weight: value, scale: scale) }
      return quantized * scale
    }
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
