import Core
import PluginLoading

/// Makes the argument words of a batch of calls: row after row, one word per argument.
struct ArgumentWords {
  let signature: FunctionSignature
  /// Numbers by key; the spec's reader has made sure that all are there.
  let parameters: [String: Double]
  let network: Network

  /// Throws `doesNotFit` for a value that its declared type cannot hold; nothing wraps.
  func words(for points: [Point]) throws(ForeignFunctionError) -> [UInt64] {
    try refuseUnknownWindows(of: points)
    let width = signature.arguments.count
    var words = [UInt64](repeating: 0, count: points.count * width)
    for (position, argument) in signature.arguments.enumerated() {
      switch argument {
      case .layer(let type, let field):
        var byLayer = [UInt64?](repeating: nil, count: network.layers.count)
        for (row, point) in points.enumerated() {
          if byLayer[point.layer] == nil {
            byLayer[point.layer] = try word(of: field, as: type, layer: point.layer, position: position)
          }
          words[row * width + position] = byLayer[point.layer] ?? 0
        }
      case .point(let type, let field):
        // 32 bits at most, and codes of 66 at most, which every type holds.
        for (row, point) in points.enumerated() {
          words[row * width + position] = type.word(of: point.value(of: field)) ?? 0
        }
      case .parameter(let type, let key):
        let number = parameters[key] ?? .nan
        guard let word = type.word(of: number) else {
          throw misfit("\(number)", type, position: position, layer: points.first?.layer)
        }
        for row in points.indices { words[row * width + position] = word }
      case .constant(let type, let number):
        guard let word = type.word(of: number) else {
          throw misfit("\(number)", type, position: position, layer: points.first?.layer)
        }
        for row in points.indices { words[row * width + position] = word }
      case .out: break
      }
    }
    return words
  }

  private func word(
    of field: FunctionSignature.LayerField, as type: ForeignType, layer: Int, position: Int
  ) throws(ForeignFunctionError) -> UInt64 {
    guard let (costed, batch) = network.layers[layer].costed(atBatch: network.batch) else {
      throw misfit("a count of the layer", type, position: position, layer: layer)
    }
    let value = costed.value(of: field, index: layer, batch: batch)
    guard let word = type.word(of: value) else {
      throw misfit("\(value)", type, position: position, layer: layer)
    }
    return word
  }

  /// A function that is given the kernel or the input's size computes with the layer's window, and would take a
  /// dilated one for a dense one unless it is given the dilation.
  private func refuseUnknownWindows(of points: [Point]) throws(ForeignFunctionError) {
    let fields = Set(
      signature.arguments.compactMap { if case .layer(_, let field) = $0 { field } else { nil } })
    guard !fields.isDisjoint(with: FunctionSignature.LayerField.windows) else { return }
    for layer in Set(points.map(\.layer)).sorted().map({ network.layers[$0] }) {
      let layer = layer.costed(atBatch: 1)?.layer ?? layer
      guard let window = layer.unusualWindow else { continue }
      let (needed, names) =
        layer.dilation != .one
        ? (FunctionSignature.LayerField.dilations, "layer.dilation_height and layer.dilation_width")
        : (FunctionSignature.LayerField.paddings, "layer.padding_top and its siblings")
      guard fields.isDisjoint(with: needed) else { continue }
      throw .unknownWindow(symbol: signature.symbol, layer: layer.name, window: window, arguments: names)
    }
  }

  private func misfit(
    _ value: String, _ type: ForeignType, position: Int, layer: Int?
  ) -> ForeignFunctionError {
    .doesNotFit(
      symbol: signature.symbol, argument: position, value: value, type: type,
      layer: layer.map { network.layers[$0].name } ?? "")
  }
}

extension Point {
  fileprivate func value(of field: FunctionSignature.PointField) -> Int {
    switch field {
    case .weightBits: precision.weight.bits
    case .activationBits: precision.activation.bits
    case .outputBits: (output ?? precision.activation).bits
    case .weightFormat: Int(precision.weight.formatCode)
    case .activationFormat: Int(precision.activation.formatCode)
    case .outputFormat: Int((output ?? precision.activation).formatCode)
    }
  }
}

extension Layer {
  /// The arguments of a function; the kind is a number as in `haq_plugin.h`.
  fileprivate func value(of field: FunctionSignature.LayerField, index: Int, batch: Int) -> Int {
    switch field {
    case .index: index
    case .kind: kind.code
    case .batch: kind == .fullyConnected ? batch * input.area : batch
    case .groups: groups
    case .inputChannels: inputChannels
    case .outputChannels: outputChannels
    // The rows of a matrix product with weights are in its batch, as for plugins.
    case .inputHeight: kind == .fullyConnected ? 1 : input.height
    case .inputWidth: kind == .fullyConnected ? 1 : input.width
    case .outputHeight: kind == .fullyConnected ? 1 : output.height
    case .outputWidth: kind == .fullyConnected ? 1 : output.width
    case .kernelHeight: kernel.height
    case .kernelWidth: kernel.width
    case .strideHeight: stride.height
    case .strideWidth: stride.width
    case .dilationHeight: dilation.height
    case .dilationWidth: dilation.width
    case .paddingTop: padding.top
    case .paddingLeft: padding.left
    case .paddingBottom: padding.bottom
    case .paddingRight: padding.right
    case .macs: multiplyAccumulates * batch
    }
  }
}

extension FunctionSignature.LayerField {
  fileprivate static let windows: Set = [
    Self.kernelHeight, .kernelWidth, .strideHeight, .strideWidth, .inputHeight, .inputWidth,
  ]
  fileprivate static let dilations: Set = [Self.dilationHeight, .dilationWidth]
  fileprivate static let paddings: Set = [Self.paddingTop, .paddingLeft, .paddingBottom, .paddingRight]
}

extension Layer.Kind {
  /// HAQ_LAYER_CONVOLUTION and its siblings.
  fileprivate var code: Int {
    switch self {
    // Given as a convolution.
    case .convolution, .transposedConvolution: 1
    case .depthwise: 2
    case .fullyConnected: 3
    case .matmul: 4
    }
  }
}
