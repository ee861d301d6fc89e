import Core

/// Makes the argument words of a batch of calls: row after row, one word per argument.
struct ArgumentWords {
  let signature: FunctionSignature
  /// Numbers by key; the spec's reader has made sure that all are there.
  let parameters: [String: Double]
  let network: Network

  /// Throws `doesNotFit` for a value that its declared type cannot hold; nothing wraps.
  func words(for points: [Point]) throws(ForeignFunctionError) -> [UInt64] {
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
        // 32 bits at most, which every type holds.
        for (row, point) in points.enumerated() {
          let layerWidth = field == .weightBits ? point.precision.weight : point.precision.activation
          words[row * width + position] = type.word(of: layerWidth.bits) ?? 0
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
      throw misfit("rows times batch", type, position: position, layer: layer)
    }
    let value = costed.value(of: field, index: layer, batch: batch)
    guard let word = type.word(of: value) else {
      throw misfit("\(value)", type, position: position, layer: layer)
    }
    return word
  }

  private func misfit(
    _ value: String, _ type: ForeignType, position: Int, layer: Int?
  ) -> ForeignFunctionError {
    .doesNotFit(
      symbol: signature.symbol, argument: position, value: value, type: type,
      layer: layer.map { network.layers[$0].name } ?? "")
  }
}

extension Layer {
  /// The arguments of a function; the kind is a number as in `haq_plugin.h`.
  fileprivate func value(of field: FunctionSignature.LayerField, index: Int, batch: Int) -> Int {
    switch field {
    case .index: index
    case .kind: kind.code
    case .batch: batch
    case .groups: groups
    case .inputChannels: inputChannels
    case .outputChannels: outputChannels
    case .inputHeight: input.height
    case .inputWidth: input.width
    case .outputHeight: output.height
    case .outputWidth: output.width
    case .kernelHeight: kernel.height
    case .kernelWidth: kernel.width
    case .strideHeight: stride.height
    case .strideWidth: stride.width
    case .macs: multiplyAccumulates * batch
    }
  }
}

extension Layer.Kind {
  /// HAQ_LAYER_CONVOLUTION and its siblings.
  fileprivate var code: Int {
    switch self {
    case .convolution: 1
    case .depthwise: 2
    case .fullyConnected: 3
    case .matmul: 4
    }
  }
}
