public import Core

/// The 10 numbers by which the agent sees a decision (HAQ, equations 1 and 2), each within 0...1.
///
/// In order: layer index, input channels, output channels, kernel size, stride, input elements per channel,
/// number of weights, depthwise, role (1 for weights), previous action. Fully connected layers have kernel 1
/// and stride 0. The first eight are scaled from the network's least to its greatest value, and are 0 where
/// all layers agree. The previous action is the width last chosen as a share of the greatest.
public struct StateEncoding: Sendable {
  public static let width = 10

  private let features: [[Float]]

  public init(_ network: Network) {
    let raw = network.layers.enumerated().map { Self.features(of: $0.element, index: $0.offset) }
    guard let first = raw.first else {
      features = []
      return
    }
    let ranges = first.indices.map { feature in
      let column = raw.map { $0[feature] }
      return (least: column.min()!, greatest: column.max()!)
    }
    features = raw.map { row in
      zip(row, ranges).map { value, range in
        range.greatest > range.least
          ? Float((value - range.least) / (range.greatest - range.least)) : 0
      }
    }
  }

  /// The state in which the width of `role` of `layer` is decided.
  ///
  /// - Parameter previous: The last chosen width as a share of the greatest; 1 for the first decision.
  public func state(layer: Int, role: Role, previous: Double) -> [Float] {
    features[layer] + [role == .weight ? 1 : 0, Float(previous)]
  }

  private static func features(of layer: Layer, index: Int) -> [Double] {
    let isConvolution = layer.kind.hasWindow
    return [
      Double(index), Double(layer.inputChannels), Double(layer.outputChannels),
      isConvolution ? Double(layer.kernel.height) : 1, isConvolution ? Double(layer.stride.height) : 0,
      Double(layer.input.area), Double(layer.weightCount), layer.kind == .depthwise ? 1 : 0,
    ]
  }
}
