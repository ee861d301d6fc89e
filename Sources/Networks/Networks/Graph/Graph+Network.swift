public import Core

extension Graph {
  /// The quantizable layers, convolutions, transposed ones and fully connected nodes, in execution order.
  ///
  /// A layer has the name of its node. A convolution with as many groups as input and as output
  /// channels is `.depthwise`; one over a single axis has height 1. A product with weights that is
  /// taken of many rows of a sample is fully connected with these rows as its height. Outputs are
  /// stored at the widths of `StoredWidths`.
  /// Throws `GraphError` when the nodes do not fit together.
  ///
  /// - Precondition: `batch` is positive.
  public func network(batch: Int = 1) throws -> Network {
    precondition(batch > 0)
    let shapes = try shapes()
    // shapes() proved that every value read or written by a node exists.
    let layers = nodes.compactMap { $0.layer(from: shapes[$0.inputs[0]]!, to: shapes[$0.output]!) }
    let widths = StoredWidths(self)
    return Network(
      name: name, batch: batch, layers: layers,
      outputReaders: nodes.filter(\.isLayer).map { widths.layers(of: $0.output) })
  }
}

extension Node {
  /// Whether the node is a quantizable layer: a product with its own weights.
  package var isLayer: Bool {
    switch operation {
    case .convolution, .transposedConvolution, .fullyConnected: true
    default: false
    }
  }

  /// The layer that this node is; nil when it has no weights.
  func layer(from input: TensorShape, to output: TensorShape) -> Layer? {
    switch operation {
    case .convolution(let convolution):
      let (inputs, groups) = (input.dimensions[1].factor, convolution.groups)
      let isDepthwise = groups > 1 && groups == inputs && groups == convolution.outputChannels
      return layer(isDepthwise ? .depthwise : .convolution, convolution, from: input, to: output)
    case .transposedConvolution(let transposed):
      return layer(.transposedConvolution, transposed.convolution, from: input, to: output)
    case .fullyConnected(let outputs):
      let inputs = input.dimensions[input.rank - 1].factor
      let rows = Extent(height: input.count / inputs, width: 1)
      return Layer(
        name: name, kind: .fullyConnected, inputChannels: inputs, outputChannels: outputs, input: rows,
        output: rows)
    default:
      return nil
    }
  }

  private func layer(
    _ kind: Layer.Kind, _ convolution: Convolution, from input: TensorShape, to output: TensorShape
  ) -> Layer {
    let window = convolution.window
    return Layer(
      name: name, kind: kind, groups: convolution.groups, inputChannels: input.dimensions[1].factor,
      outputChannels: convolution.outputChannels, input: input.extent, output: output.extent,
      kernel: Extent(window.kernel), stride: Extent(window.stride), dilation: Extent(window.dilation),
      padding: Layer.Padding(window.padding))
  }
}

extension TensorShape {
  fileprivate var extent: Extent { Extent(dimensions.dropFirst(2).map(\.factor)) }
}

extension Layer.Padding {
  /// Of one or two spatial axes.
  fileprivate init(_ padding: Window.Padding) {
    let (before, after) = (padding.before, padding.after)
    self.init(
      top: before.count == 1 ? 0 : before[0], left: before[before.count - 1],
      bottom: after.count == 1 ? 0 : after[0], right: after[after.count - 1])
  }
}

extension Extent {
  /// Of one or two spatial axes.
  fileprivate init(_ extents: [Int]) {
    self.init(height: extents.count == 1 ? 1 : extents[0], width: extents[extents.count - 1])
  }
}
