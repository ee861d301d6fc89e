package import Core
import Evaluation
import Networks
import NumberFormats
package import Quantization

/// The quantizers of one layer's weights and inputs.
package struct LayerQuantizers: Hashable, Sendable {
  /// Of integers with scales of their own, one scale for each output channel.
  package var weight: TensorQuantizer
  package var activation: TensorQuantizer
}

/// Turns widths into quantizers for one network, and remembers every quantizer it has made.
///
/// Quantizers depend on the float network alone, so each (layer, width) is calibrated once per search.
package final class QuantizationScheme {
  private let network: FloatNetwork
  private let calibration: ActivationCalibration
  private let granularity: WeightGranularity
  private let weightClipping: ClippingRule
  private let clipsChannels: Bool
  private var weightQuantizers: [LayerWidth: TensorQuantizer] = [:]
  private var activationQuantizers: [LayerWidth: TensorQuantizer] = [:]

  struct LayerWidth: Hashable {
    var layer: String
    var width: BitWidth
  }

  /// - Parameter clipsChannels: Whether each output channel of weights has a clip of its own (`ChannelClipping`) instead of
  ///   one relative clip by `weightClipping`; only where scales are per channel.
  package init(
    network: FloatNetwork, calibration: ActivationCalibration, granularity: WeightGranularity,
    weightClipping: ClippingRule = .kullbackLeibler, clipsChannels: Bool = false
  ) {
    self.network = network
    self.calibration = calibration
    self.granularity = granularity
    self.weightClipping = weightClipping
    self.clipsChannels = clipsChannels && granularity == .perChannel
  }

  /// The range of activations of both signs.
  var activationRange: ActivationRange { calibration.range }

  /// The quantizers of every layer under a policy, by layer name.
  ///
  /// Throws `QuantizationError` when the policy does not fit the network or a width has no quantizer.
  package func quantizers(for policy: Policy) throws -> [String: LayerQuantizers] {
    let layers = network.network.layers
    guard policy.precisions.count == layers.count else {
      throw QuantizationError.wrongLayerCount(found: policy.precisions.count, expected: layers.count)
    }
    var quantizers: [String: LayerQuantizers] = [:]
    for (layer, precision) in zip(layers, policy.precisions) {
      quantizers[layer.name] = LayerQuantizers(
        weight: try weightQuantizer(of: layer, width: precision.weight),
        activation: try activationQuantizer(of: layer, width: precision.activation))
    }
    return quantizers
  }

  /// The quantizer of one operand of a layer; throws `QuantizationError` for a width that has none.
  func quantizer(of layer: Layer, _ operand: Narrowing.Operand, width: BitWidth) throws -> TensorQuantizer {
    switch operand {
    case .weight: try weightQuantizer(of: layer, width: width)
    case .activation: try activationQuantizer(of: layer, width: width)
    }
  }

  /// The graph without the clamps that the unsigned quantizers behind them repeat.
  ///
  /// A quantizer over [0, clip] maps everything below zero to zero and everything above its clip to the
  /// clip, which lies within the clamp's range; running the clamp as well is one more pass for nothing.
  func graphWithoutRepeatedClamps() -> Graph {
    let graph = network.graph
    let clamps = graph.nodes.filter { node in
      switch node.operation {
      case .relu: break
      case .clip(let lowest, _) where lowest == 0: break
      default: return false
      }
      let readers = graph.nodes.filter { $0.inputs.contains(node.output) }
      return !graph.outputs.contains(node.output) && !readers.isEmpty
        && readers.allSatisfy {
          $0.isLayer && calibration.signedness(ofInputTo: $0.name) == .unsigned
        }
    }
    let replacement = Dictionary(uniqueKeysWithValues: clamps.map { ($0.output, $0.inputs[0]) })
    let removed = Set(clamps.map(\.name))
    var shorter = graph
    shorter.nodes = graph.nodes.filter { !removed.contains($0.name) }.map { node in
      var node = node
      node.inputs = node.inputs.map { replacement[$0] ?? $0 }
      return node
    }
    return shorter
  }

  private func weightQuantizer(of layer: Layer, width: BitWidth) throws -> TensorQuantizer {
    let key = LayerWidth(layer: layer.name, width: width)
    if let known = weightQuantizers[key] { return known }
    let weight = network.graph.weights[layer.name]!.weight
    let quantizer: TensorQuantizer
    if let format = width.format,
      let known = TensorQuantizer.weights(
        weight, rows: layer.outputChannels, format: format, granularity: granularity)
    {
      quantizer = known
    } else {
      try check(width, .signed, of: layer, role: "weights")
      let rows =
        clipsChannels
        ? ChannelClipping.quantizers(for: weight, rows: layer.outputChannels, width: width)
        : WeightClipping.quantizers(
          for: weight, rows: layer.outputChannels, width: width, granularity: granularity,
          rule: weightClipping)
      quantizer = .linear(scales: rows.map(\.scale), quantizedRange: rows[0].quantizedRange)
    }
    weightQuantizers[key] = quantizer
    return quantizer
  }

  private func activationQuantizer(of layer: Layer, width: BitWidth) throws -> TensorQuantizer {
    let key = LayerWidth(layer: layer.name, width: width)
    if let known = activationQuantizers[key] { return known }
    let quantizer: TensorQuantizer
    if let format = width.format,
      let known = TensorQuantizer.activations(
        format: format, largestMagnitude: calibration.largestMagnitude(ofInputTo: layer.name))
    {
      quantizer = known
    } else {
      try check(width, calibration.signedness(ofInputTo: layer.name), of: layer, role: "activations")
      quantizer = calibration.quantizer(forInputTo: layer.name, width: width).forTensor
    }
    activationQuantizers[key] = quantizer
    return quantizer
  }

  private func check(
    _ width: BitWidth, _ signedness: LinearQuantizer.Signedness, of layer: Layer, role: String
  ) throws {
    guard width.isNumberOfBits, signedness.widths.contains(width.bits) else {
      throw QuantizationError.illegalWidth(
        layer: layer.name, role: role, width: width, signedness: signedness)
    }
  }
}

/// A policy that cannot be carried out.
package enum QuantizationError: Error, Hashable, CustomStringConvertible {
  case wrongLayerCount(found: Int, expected: Int)
  case illegalWidth(layer: String, role: String, width: BitWidth, signedness: LinearQuantizer.Signedness)
  case illegalCodebook(layer: String, width: BitWidth)
  case floatActivations(layer: String, width: BitWidth)
  case noClips
  case noIntegerActivations
  case noIntegers
  /// A learned range has none.
  case zeroPoint(layer: String)

  package var description: String {
    switch self {
    case .wrongLayerCount(let found, let expected):
      "the policy has \(found) layers, the network \(expected)"
    case .illegalWidth(let layer, let role, let width, let signedness):
      "layer \(layer): \(width)-bit \(role) are not possible; its \(signedness) \(role) take "
        + "\(signedness.widths.lowerBound) to \(signedness.widths.upperBound) bits"
    case .illegalCodebook(let layer, let width):
      "layer \(layer): codebooks for \(width.isNumberOfBits ? "\(width)-bit" : width.formatName) indices are not possible; they take "
        + "\(CodebookNetwork.widths.lowerBound) to \(CodebookNetwork.widths.upperBound) bits"
    case .floatActivations(let layer, let width):
      "layer \(layer): \(width.isNumberOfBits ? "\(width)-bit" : width.formatName) activations are not possible with --quantizer kmeans, which leaves "
        + "activations in 32-bit floating point; write them as 32 bits, such as W4A32"
    case .noClips:
      "--quantizer kmeans has codebooks instead of integers, so there is no range to learn"
    case .noIntegerActivations:
      "no layer of the policy has integers as activations, so there is no clipping range to learn"
    case .noIntegers: "no layer of the policy has integers, so there is no step size to learn"
    case .zeroPoint(let layer):
      "layer \(layer) reads values of both signs with a zero point (--activation-range asymmetric), and learned ranges have "
        + "none; leave out --pact or --lsq, or give --activation-range symmetric"
    }
  }
}
