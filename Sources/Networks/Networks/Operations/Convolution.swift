/// The geometry of a convolution over one or more spatial axes.
public struct Convolution: Hashable, Sendable {
  public var outputChannels: Int
  public var window: Window
  public var groups: Int

  public init(outputChannels: Int, window: Window, groups: Int = 1) {
    self.outputChannels = outputChannels
    self.window = window
    self.groups = groups
  }

  /// A two-dimensional convolution with a square kernel, padded alike on all sides.
  public init(outputChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1) {
    self.init(
      outputChannels: outputChannels, window: Window(kernel: kernel, stride: stride, padding: padding),
      groups: groups)
  }
}

/// A convolution's gradient as an operation: each input element adds the kernel to the output.
///
/// Its weights are those of the layer, outputs first, as of any convolution.
public struct TransposedConvolution: Hashable, Sendable {
  public var convolution: Convolution
  /// Elements added behind each spatial axis of the output, which a stride leaves undecided.
  public var outputPadding: [Int]

  public init(convolution: Convolution, outputPadding: [Int]) {
    self.convolution = convolution
    self.outputPadding = outputPadding
  }
}

extension Convolution {
  func shape(of operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    try check(operands)
    let outputs = try window.outputs(over: operands.spatialExtents(), operands)
    for extent in outputs where !Graph.isLegalExtent(extent) {
      throw operands.tooLarge("its output is \(outputs)")
    }
    try checkWork(at: outputs, operands)
    return TensorShape([.batch, Dimension(outputChannels)] + outputs.map(Dimension.init))
  }

  fileprivate func check(_ operands: Operands) throws {
    try operands.checkExtent(outputChannels, "output channels")
    try operands.checkExtent(groups, "groups")
    let extents = try operands.spatialExtents()
    guard extents.count <= 2 else {
      throw operands.illegal(expected: "one or two spatial axes; volumes are not supported")
    }
    try operands.checkExtent(operands.channels, "input channels")
    for extent in extents { try operands.checkExtent(extent, "input extent") }
    for (channels, side) in [(operands.channels, "input"), (outputChannels, "output")]
    where !channels.isMultiple(of: groups) {
      throw operands.illegal("groups", groups, expected: "a divisor of its \(channels) \(side) channels")
    }
    try window.check(axes: extents.count, operands)
  }

  /// Each factor is at most 2^20, so products of two are safe; larger ones are compared by division.
  fileprivate func checkWork(at positions: [Int], _ operands: Operands) throws {
    let connections = outputChannels * (operands.channels / groups)
    guard window.area <= Graph.largestCount / connections else {
      throw operands.tooLarge("\(connections) kernels of \(window.area) weights")
    }
    guard positions.reduce(1, *) <= Graph.largestWork / (window.area * connections) else {
      throw operands.tooLarge("\(window.area * connections) weights for each of \(positions) outputs")
    }
  }
}

extension TransposedConvolution {
  func shape(of operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    try convolution.check(operands)
    let window = convolution.window
    let extents = try operands.spatialExtents()
    guard outputPadding.count == extents.count else {
      throw operands.illegal("output padding", outputPadding, expected: "\(extents.count) numbers")
    }
    try convolution.checkWork(at: extents, operands)
    let outputs = try extents.indices.map { axis in
      guard (0..<max(window.stride[axis], window.dilation[axis])).contains(outputPadding[axis]) else {
        throw operands.illegal(
          "output padding", outputPadding[axis], expected: "less than its stride or its dilation")
      }
      let full =
        (extents[axis] - 1) * window.stride[axis] + window.dilation[axis] * (window.kernel[axis] - 1) + 1
      let extent = full + outputPadding[axis] - window.padding.before[axis] - window.padding.after[axis]
      guard Graph.isLegalExtent(extent) else { throw operands.tooLarge("an output extent of \(extent)") }
      return extent
    }
    return TensorShape([.batch, Dimension(convolution.outputChannels)] + outputs.map(Dimension.init))
  }
}
