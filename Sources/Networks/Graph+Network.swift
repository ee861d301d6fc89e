public import HardwareModel

extension Graph {
  /// The quantizable layers, convolutions and fully connected nodes, in execution order.
  ///
  /// A layer has the name of its node. A convolution with as many groups as input and as output
  /// channels is `.depthwise`. Throws `GraphError` when the nodes do not fit together.
  ///
  /// - Precondition: `batch` is positive.
  public func network(batch: Int = 1) throws -> Network {
    precondition(batch > 0)
    let shapes = try shapes()
    // shapes() proved that every value read or written by a node exists.
    let layers = nodes.compactMap { $0.layer(from: shapes[$0.inputs[0]]!, to: shapes[$0.output]!) }
    return Network(name: name, batch: batch, layers: layers)
  }
}

extension Node {
  fileprivate func layer(from input: TensorShape, to output: TensorShape) -> Layer? {
    switch operation {
    case .convolution(let convolution):
      let groups = convolution.groups
      let isDepthwise = groups > 1 && groups == input.channels && groups == output.channels
      return Layer(
        name: name, kind: isDepthwise ? .depthwise : .convolution, groups: groups,
        inputChannels: input.channels, outputChannels: output.channels,
        input: input.extent, output: output.extent,
        kernel: Extent(square: convolution.kernel), stride: Extent(square: convolution.stride))
    case .fullyConnected:
      return Layer(
        name: name, kind: .fullyConnected, inputChannels: input.channels, outputChannels: output.channels)
    case .relu, .clip, .add, .maxPool, .globalAveragePool, .flatten:
      return nil
    }
  }
}

extension TensorShape {
  fileprivate var extent: Extent { Extent(height: height, width: width) }
}
