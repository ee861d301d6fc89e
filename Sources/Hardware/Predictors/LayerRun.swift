public import Core

/// A layer at a batch as cost models see it: the rows of a fully connected layer are samples.
public struct LayerRun: Hashable, Sendable {
  /// Without a name, since equal shapes cost the same.
  public let layer: Layer
  public let batch: Int

  /// Nil when a count overflows.
  public init?(_ layer: Layer, batch: Int) {
    guard let costed = layer.costed(atBatch: batch) else { return nil }
    var layer = costed.layer.unnamed
    // No feature tells one padding from another.
    layer.padding = .none
    self.layer = layer
    self.batch = costed.batch
  }

  /// Which fixed costs and rates a layer has.
  public enum Family: String, Hashable, Sendable, Codable, CaseIterable {
    /// A convolution that is one product of matrices: one tap, stride 1, one group.
    case pointwise
    case convolution
    case grouped
    case depthwise
    case fullyConnected = "fully-connected"
    case matmul
  }

  public var family: Family {
    switch layer.kind {
    case .fullyConnected: .fullyConnected
    case .matmul: .matmul
    case .depthwise: .depthwise
    case .convolution, .transposedConvolution:
      if layer.groups > 1 {
        .grouped
      } else if layer.kernel == .one, layer.stride == .one {
        .pointwise
      } else {
        .convolution
      }
    }
  }

  /// Multiply-accumulates of the batch.
  var multiplyAccumulates: Double {
    Double(batch) * outputArea * Double(layer.outputChannels) * groupInputs * Double(layer.kernel.height)
      * Double(layer.kernel.width)
  }

  var weightCount: Double {
    Double(layer.outputChannels) * groupInputs * Double(layer.kernel.height) * Double(layer.kernel.width)
  }

  /// Of the batch.
  var inputCount: Double {
    Double(batch) * Double(layer.inputChannels) * Double(layer.input.height) * Double(layer.input.width)
  }

  /// Of the batch.
  var outputCount: Double { Double(batch) * Double(layer.outputChannels) * outputArea }

  var outputArea: Double { Double(layer.output.height) * Double(layer.output.width) }

  var groupInputs: Double { Double(max(1, layer.inputChannels / layer.groups)) }
}

extension Layer {
  fileprivate var unnamed: Layer {
    var layer = self
    layer.name = ""
    return layer
  }
}
