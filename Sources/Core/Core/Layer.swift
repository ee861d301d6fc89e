/// The shape of one quantizable layer: all that a hardware cost model sees of it.
public struct Layer: Hashable, Sendable {
  /// What the layer computes; targets declare which kinds they can cost.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// A convolution whose output channels each read all input channels of their group.
    case convolution
    /// One group, and one input channel, per output channel.
    case depthwise
    /// A matrix product of weights with the rows of each sample, of which there are `input.area`.
    case fullyConnected = "fully-connected"
    /// A matrix product of two activations.
    case matmul
    /// A convolution's gradient: each input element adds the kernel, times itself, to the output. Cost models see it as
    /// a convolution (`costed(atBatch:)`).
    case transposedConvolution = "transposed-convolution"

    /// Whether the layer moves a kernel over a map.
    public var hasWindow: Bool {
      switch self {
      case .convolution, .depthwise, .transposedConvolution: true
      case .fullyConnected, .matmul: false
      }
    }
  }

  /// Unique within its network; policies refer to layers by it.
  public var name: String
  public var kind: Kind
  public var groups: Int
  public var inputChannels: Int
  public var outputChannels: Int
  /// Input height and width; the rows of a sample and 1 for fully connected layers.
  public var input: Extent
  /// Output height and width; those of the input for fully connected layers.
  public var output: Extent
  public var kernel: Extent
  public var stride: Extent
  /// Steps from one tap of the kernel to the next; 1 along an axis on which the kernel has one tap.
  public var dilation: Extent
  /// What is added around the input; for transposed convolutions what is cut off the output.
  public var padding: Padding

  /// - Parameter padding: nil for the padding that the sizes imply.
  public init(
    name: String, kind: Kind, groups: Int = 1, inputChannels: Int, outputChannels: Int,
    input: Extent = .one, output: Extent = .one, kernel: Extent = .one, stride: Extent = .one,
    dilation: Extent = .one, padding: Padding? = nil
  ) {
    self.name = name
    self.kind = kind
    self.groups = groups
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.input = input
    self.output = output
    self.kernel = kernel
    self.stride = stride
    self.dilation = Extent(
      height: kernel.height == 1 ? 1 : dilation.height, width: kernel.width == 1 ? 1 : dilation.width)
    self.padding = padding ?? .none
    if padding == nil { self.padding = impliedPadding }
  }

  /// Number of weights, biases not counted.
  public var weightCount: Int { outputChannels * (inputChannels / groups) * kernel.area }

  /// Outputs, inputs of a group, kernel height and width; outputs and inputs when fully connected.
  public var weightShape: [Int] {
    kind == .fullyConnected
      ? [outputChannels, inputChannels]
      : [outputChannels, inputChannels / groups, kernel.height, kernel.width]
  }

  /// Elements of the input activation of one sample.
  public var inputCount: Int { inputChannels * input.area }

  /// Elements of the output activation of one sample.
  public var outputCount: Int { outputChannels * output.area }

  /// Multiply-accumulate operations of one sample.
  public var multiplyAccumulates: Int {
    weightCount * (kind == .transposedConvolution ? input : output).area
  }

  /// The layer as a cost model sees it: the rows of a fully connected layer are samples of a larger batch, and a
  /// transposed convolution is the convolution that computes it (`Layer+Transposed.swift`).
  ///
  /// Nil when a count overflows.
  public func costed(atBatch batch: Int) -> (layer: Layer, batch: Int)? {
    switch kind {
    case .convolution, .depthwise, .matmul: return (self, batch)
    case .transposedConvolution: return computingConvolution.map { ($0, batch) }
    case .fullyConnected:
      let (rows, overflow) = batch.multipliedReportingOverflow(by: input.area)
      guard !overflow else { return nil }
      var layer = self
      (layer.input, layer.output) = (.one, .one)
      return (layer, rows)
    }
  }
}

/// A height and a width, in elements.
public struct Extent: Hashable, Sendable, Codable {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The same height and width.
  public init(square side: Int) { self.init(height: side, width: side) }

  public static let one = Extent(square: 1)

  /// Height times width.
  public var area: Int { height * width }
}

extension Extent: CustomStringConvertible {
  public var description: String { "\(height)x\(width)" }
}
