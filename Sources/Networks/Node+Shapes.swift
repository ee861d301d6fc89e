extension Operation {
  /// How many values the operation reads; weights not counted.
  var inputCount: Int { self == .add ? 2 : 1 }
}

extension Node {
  /// What this node writes, given the values that exist before it.
  func signal(from signals: [String: Graph.Signal]) throws -> Graph.Signal {
    let inputs = try inputs.map { value in
      guard let signal = signals[value] else { throw GraphError.unknownInput(node: name, value: value) }
      return signal
    }
    guard inputs.count == operation.inputCount else {
      throw GraphError.wrongInputCount(node: name, found: inputs.count, expected: operation.inputCount)
    }
    let first = inputs[0]
    switch operation {
    case .convolution(let convolution):
      return try map(convolvedShape(of: first, by: convolution))
    case .fullyConnected(let outputs):
      return try fullyConnected(first, outputs: outputs)
    case .relu:
      return first
    case .clip(let lowest, let highest):
      guard lowest <= highest else {
        throw GraphError.illegalAttribute(
          node: name, attribute: "limits", found: "\(lowest) and \(highest)",
          expected: "a lower limit that is not above the upper one")
      }
      return first
    case .add:
      guard first == inputs[1] else {
        throw GraphError.illegalInput(
          node: name, found: "\(first) and \(inputs[1])", expected: "two values of one shape")
      }
      return first
    case .maxPool(let kernel, let stride, let padding):
      guard padding < kernel else {
        throw GraphError.illegalAttribute(
          node: name, attribute: "padding", found: "\(padding)", expected: "less than the kernel, \(kernel)")
      }
      let window = Window(kernel: kernel, stride: stride, padding: padding)
      return try map(slidShape(of: first, by: window, channels: first.shape.channels))
    case .globalAveragePool:
      return try map(TensorShape(channels: requireMap(first).channels))
    case .flatten:
      return Graph.Signal(shape: TensorShape(channels: first.shape.count), form: .vector)
    }
  }

  private func map(_ shape: TensorShape) throws -> Graph.Signal {
    guard shape.channels * shape.height <= Graph.largestCount / shape.width else {
      throw GraphError.tooLarge(node: name, what: "its output is \(shape)")
    }
    return Graph.Signal(shape: shape, form: .map)
  }

  private func requireMap(_ signal: Graph.Signal) throws -> TensorShape {
    guard signal.form == .map else {
      throw GraphError.illegalInput(
        node: name, found: "\(signal)", expected: "a map with channels, height and width")
    }
    return signal.shape
  }

  private func requireExtent(_ extent: Int, _ attribute: String) throws {
    guard Graph.isLegalExtent(extent) else {
      throw GraphError.illegalAttribute(
        node: name, attribute: attribute, found: "\(extent)", expected: "1 to \(Graph.largestExtent)")
    }
  }

  private func fullyConnected(_ signal: Graph.Signal, outputs: Int) throws -> Graph.Signal {
    try requireExtent(outputs, "outputs")
    guard signal.form == .vector else {
      throw GraphError.illegalInput(
        node: name, found: "\(signal)", expected: "a vector; flatten it before the fully connected node")
    }
    guard outputs <= Graph.largestCount / signal.shape.channels else {
      throw GraphError.tooLarge(node: name, what: "\(signal.shape.channels) x \(outputs) weights")
    }
    return Graph.Signal(shape: TensorShape(channels: outputs), form: .vector)
  }

  private func convolvedShape(of signal: Graph.Signal, by convolution: Convolution) throws -> TensorShape {
    try requireExtent(convolution.outputChannels, "output channels")
    try requireExtent(convolution.groups, "groups")
    let input = try requireMap(signal)
    for (channels, side) in [(input.channels, "input"), (convolution.outputChannels, "output")]
    where !channels.isMultiple(of: convolution.groups) {
      throw GraphError.illegalAttribute(
        node: name, attribute: "groups", found: "\(convolution.groups)",
        expected: "a divisor of its \(channels) \(side) channels")
    }
    let window = Window(kernel: convolution.kernel, stride: convolution.stride, padding: convolution.padding)
    let output = try slidShape(of: signal, by: window, channels: convolution.outputChannels)

    // Each factor is at most 2^20, so products of two are safe; larger ones are compared by division.
    let area = window.kernel * window.kernel
    let connections = convolution.outputChannels * (input.channels / convolution.groups)
    guard area <= Graph.largestCount / connections else {
      throw GraphError.tooLarge(node: name, what: "\(connections) kernels of \(area) weights")
    }
    guard output.height * output.width <= Graph.largestWork / (area * connections) else {
      throw GraphError.tooLarge(
        node: name, what: "\(area * connections) weights for each of \(output.height)x\(output.width) outputs"
      )
    }
    return output
  }

  private func slidShape(
    of signal: Graph.Signal, by window: Window, channels: Int
  ) throws -> TensorShape {
    try requireExtent(window.kernel, "kernel")
    try requireExtent(window.stride, "stride")
    guard (0...Graph.largestExtent).contains(window.padding) else {
      throw GraphError.illegalAttribute(
        node: name, attribute: "padding", found: "\(window.padding)", expected: "0 to \(Graph.largestExtent)")
    }
    let input = try requireMap(signal)
    guard let height = window.outputs(over: input.height), let width = window.outputs(over: input.width)
    else {
      throw GraphError.illegalInput(
        node: name, found: "\(signal)",
        expected: "at least its kernel, \(window.kernel)x\(window.kernel), after padding by \(window.padding)"
      )
    }
    guard Graph.isLegalExtent(height), Graph.isLegalExtent(width) else {
      throw GraphError.tooLarge(node: name, what: "its output is \(height)x\(width)")
    }
    return TensorShape(channels: channels, height: height, width: width)
  }
}

/// A square window that moves over a padded map.
private struct Window {
  var kernel: Int
  var stride: Int
  var padding: Int

  /// Positions of the window along a side; nil when it does not fit once.
  func outputs(over extent: Int) -> Int? {
    let room = extent + 2 * padding - kernel
    return room < 0 ? nil : room / stride + 1
  }
}
