/// A mean or a maximum over windows of each channel.
public struct Pooling: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case maximum
    /// Whether padding counts as elements of the mean.
    case mean(countsPadding: Bool)
  }

  public var kind: Kind
  public var window: Window

  public init(_ kind: Kind, _ window: Window) {
    self.kind = kind
    self.window = window
  }

  func shape(of operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    let extents = try operands.spatialExtents()
    guard extents.count <= 2 else {
      throw operands.illegal(expected: "one or two spatial axes; volumes are not supported")
    }
    try window.check(axes: extents.count, operands)
    for axis in extents.indices {
      let reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1
      for padding in [window.padding.before[axis], window.padding.after[axis]] where padding >= reach {
        throw operands.illegal("padding", padding, expected: "less than the kernel, \(reach)")
      }
    }
    let outputs = try window.outputs(over: extents, operands)
    return TensorShape([.batch, operands.first.dimensions[1]] + outputs.map(Dimension.init))
  }
}
