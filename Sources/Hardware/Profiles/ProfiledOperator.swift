public import Core

/// An operator of a profile: what another program measured, before it is known which layer it is.
public struct ProfiledOperator: Hashable, Sendable {
  /// In the words of the profile.
  public var name: String
  /// What it computes, in the words of the profile, such as `QLinearConv`.
  public var type: String
  /// Whether it can be a layer at all, rather than what lies between layers.
  public var isLayer: Bool
  /// Its shape as far as the profile states it; several where that can be read in several ways, none where it is not
  /// stated.
  public var shapes: [ProfiledShape] = []
  /// The widths that it ran at; nil where the profile does not say.
  public var precision: Precision?
  /// Of the repetitions, at least one; in the unit of the profile.
  public var times: [Double]

  public init(
    name: String, type: String, isLayer: Bool, shapes: [ProfiledShape] = [], precision: Precision? = nil,
    times: [Double]
  ) {
    self.name = name
    self.type = type
    self.isLayer = isLayer
    self.shapes = shapes
    self.precision = precision
    self.times = times
  }
}

/// What a profile states of an operator's shape; nil for what it does not.
public struct ProfiledShape: Hashable, Sendable {
  public var kinds: Set<Layer.Kind>
  public var batch: Int?
  public var groups: Int?
  public var inputChannels: Int?
  public var outputChannels: Int?
  public var input: Extent?
  public var output: Extent?
  public var kernel: Extent?
  public var stride: Extent?
  /// Rows of a matrix product, of all samples.
  public var rows: Int?
  /// Of the batch.
  public var multiplyAccumulates: Int?
  /// Whether channels may have been rounded up to whole blocks.
  public var hasPaddedChannels = false

  public init(kinds: Set<Layer.Kind>) { self.kinds = kinds }

  /// Blocks of channels that runtimes use.
  private static let blocks = [4, 8, 16, 32]

  /// Whether a layer at a batch may be what the profile describes.
  public func fits(_ layer: Layer, batch: Int) -> Bool {
    func agrees<Value: Equatable>(_ stated: Value?, _ own: Value) -> Bool { stated.map { $0 == own } ?? true }
    func channels(_ stated: Int?, _ own: Int) -> Bool {
      agrees(stated, own)
        || (hasPaddedChannels && Self.blocks.contains { stated == (own + $0 - 1) / $0 * $0 })
    }
    guard kinds.contains(layer.kind), agrees(self.batch, batch) else { return false }
    if let multiplyAccumulates {
      let (work, overflow) = layer.multiplyAccumulates.multipliedReportingOverflow(by: batch)
      guard !overflow, multiplyAccumulates == work else { return false }
    }
    guard channels(inputChannels, layer.inputChannels), channels(outputChannels, layer.outputChannels) else {
      return false
    }
    if !layer.kind.hasWindow {
      return agrees(groups, layer.groups) && agrees(rows, layer.input.area * batch)
    }
    return (agrees(groups, layer.groups) || (hasPaddedChannels && layer.kind == .depthwise))
      && agrees(input, layer.input) && agrees(output, layer.output) && agrees(kernel, layer.kernel)
      && agrees(stride, layer.stride)
  }
}
