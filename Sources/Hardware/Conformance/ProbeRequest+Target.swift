import Core
import Isolation
import PluginLoading
import Specs
import Targets

extension ProbeRequest {
  /// A test of the target's plugin with its own parameters, on a small network of the layers that it can run.
  init(_ name: String, _ target: Target, seed: UInt64) {
    let capabilities = target.spec.capabilities
    self.init(
      name: name,
      setup: ModelSetup(
        targetID: target.spec.id, baseDirectory: target.folder, parameters: target.spec.parameters,
        network: Network(
          name: "check", batch: target.spec.batch, layers: capabilities.layers.flatMap(Self.layers))),
      metrics: Metric.ofTargets.filter(capabilities.aggregates.keys.contains),
      networkMetrics: Metric.ofTargets.filter { capabilities.aggregates[$0] == .network },
      weightWidths: Self.sample(capabilities.weightWidths),
      activationWidths: Self.sample(capabilities.activationWidths), seed: seed)
  }

  /// Every layer at every pair of widths.
  var points: [Point] {
    setup.network.layers.indices.flatMap { layer in
      weightWidths.flatMap { weight in
        activationWidths.map { Point(layer: layer, precision: Precision(weight: weight, activation: $0)) }
      }
    }
  }

  /// Two layers of each kind, of different sizes.
  private static func layers(of kind: Layer.Kind) -> [Layer] {
    [(16, 14), (48, 7)].map { channels, side in
      let name = "\(kind.rawValue) \(channels)"
      return switch kind {
      case .fullyConnected, .matmul:
        Layer(name: name, kind: kind, inputChannels: channels * 4, outputChannels: channels)
      case .convolution, .depthwise, .transposedConvolution:
        Layer(
          name: name, kind: kind, groups: kind == .depthwise ? channels : 1, inputChannels: channels,
          outputChannels: kind == .depthwise ? channels : channels * 2, input: Extent(square: side),
          output: Extent(square: side), kernel: Extent(square: 3))
      }
    }
  }

  /// At most eight numbers of bits, the least and the greatest among them, and all other formats.
  private static func sample(_ widths: [BitWidth]) -> [BitWidth] {
    let numbers = widths.filter(\.isNumberOfBits)
    guard numbers.count > 8 else { return widths }
    let sample = (0..<8).map { numbers[$0 * (numbers.count - 1) / 7] }
    return sample + widths.filter { !$0.isNumberOfBits }
  }
}
