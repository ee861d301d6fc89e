public import Core

/// All of a layer but its name: two layers of one shape cost the same on a target.
public struct LayerShape: Hashable, Sendable {
  public var kind: Layer.Kind
  public var groups: Int
  public var inputChannels: Int
  public var outputChannels: Int
  public var input: Extent
  public var output: Extent
  public var kernel: Extent
  public var stride: Extent
  public var dilation: Extent
  public var padding: Layer.Padding

  public init(_ layer: Layer) {
    kind = layer.kind
    groups = layer.groups
    inputChannels = layer.inputChannels
    outputChannels = layer.outputChannels
    input = layer.input
    output = layer.output
    kernel = layer.kernel
    stride = layer.stride
    dilation = layer.dilation
    padding = layer.padding
  }
}

extension LayerShape: CustomStringConvertible {
  /// Such as `convolution, 32 -> 64 channels, input 56x56, output 56x56, kernel 3x3, stride 1x1`.
  public var description: String {
    let groups = groups == 1 || kind == .depthwise ? "" : ", \(groups) groups"
    let channels = "\(kind.rawValue), \(inputChannels) -> \(outputChannels) channels\(groups)"
    guard kind.hasWindow else {
      return input == .one ? channels : channels + ", \(input) rows"
    }
    let layer = layer(named: "")
    let dilation = dilation == .one ? "" : ", dilation \(dilation)"
    let padding = padding == layer.impliedPadding ? "" : ", padding \(padding)"
    return
      "\(channels), input \(input), output \(output), kernel \(kernel), stride \(stride)\(dilation)\(padding)"
  }
}
