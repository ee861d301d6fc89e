public import Core

/// The trained numbers of one layer.
public struct LayerWeights: Hashable, Sendable {
  /// Row-major `outputChannels` x `inputChannels / groups` x kernel, or outputs x inputs.
  public var weight: [Float]
  /// One per output channel.
  public var bias: [Float]

  public init(weight: [Float], bias: [Float]) {
    self.weight = weight
    self.bias = bias
  }
}

/// Numbers that nodes read beside the computed values.
public struct Constant: Hashable, Sendable {
  public var extents: [Int]
  /// Row-major.
  public var values: [Float]

  /// - Precondition: the product of the extents is the number of values.
  public init(extents: [Int], values: [Float]) {
    precondition(extents.reduce(1, *) == values.count)
    self.extents = extents
    self.values = values
  }

  public var shape: TensorShape { .constant(extents) }
}

/// The widths at which a file already quantizes one layer; nil where it keeps floats.
public struct GivenWidths: Hashable, Sendable {
  public var weight: BitWidth?
  public var activation: BitWidth?

  public init(weight: BitWidth? = nil, activation: BitWidth? = nil) {
    self.weight = weight
    self.activation = activation
  }
}
