public import HardwareModel

extension Graph {
  /// Bytes that all weights of the layers take at a policy's widths, biases not counted; rounded up once.
  ///
  /// Weights that layers share count once, at the widest width that any of them has. Throws `GraphError`.
  ///
  /// - Precondition: the policy has a precision for each layer of `network()`.
  public func weightBytes(_ policy: Policy) throws -> Int {
    let layers = try network().layers
    precondition(policy.precisions.count == layers.count)
    var widths = Dictionary(
      uniqueKeysWithValues: zip(layers.map(\.name), policy.precisions.map(\.weight.bits)))
    for group in sharedWeights {
      let widest = group.compactMap { widths[$0] }.max()
      for name in group.dropFirst() { widths[name] = 0 }
      widths[group[0]] = widest
    }
    let bits = layers.reduce(0) { $0 + $1.weightCount * widths[$1.name]! }
    return (bits + 7) / 8
  }

  /// The most bytes of activations that are alive at once, for a batch at a policy's widths.
  ///
  /// A value lives from the node that writes it until the last that reads it, and both while a node runs. It has the
  /// widest activation width of the layers that read it or a value tied to it (see `couplingGroups()`), and 32 bits
  /// where there is none. A relu, a clip or a change of shape takes the place of its operand, unless that is
  /// read again. Each value is rounded up to whole bytes. Throws `GraphError`.
  ///
  /// - Precondition: the policy has a precision for each layer of `network()`, and `batch` is positive.
  public func peakActivationBytes(_ policy: Policy, batch: Int = 1) throws -> Int {
    let shapes = try shapes()
    let layers = nodes.filter(\.isLayer)
    precondition(policy.precisions.count == layers.count && batch > 0)
    let bytes = storedBytes(zip(layers, policy.precisions), shapes: shapes, batch: batch)

    var lastReads: [String: Int] = [:]
    var reads: [String: Int] = [:]
    for (position, node) in nodes.enumerated() {
      for input in node.inputs where constants[input] == nil {
        lastReads[input] = position
        reads[input, default: 0] += 1
      }
    }
    for output in outputs { lastReads[output] = nodes.count }
    var alive = bytes[input]!
    var peak = alive
    for (position, node) in nodes.enumerated() {
      let operand = node.inputs[0]
      let dead = Set(node.inputs).filter { constants[$0] == nil && lastReads[$0] == position }
      let replaces = node.operation.takesPlace && dead.contains(operand)
      peak = max(
        peak, alive + (replaces ? max(0, bytes[node.output]! - bytes[operand]!) : bytes[node.output]!))
      alive += bytes[node.output]! - dead.reduce(0) { $0 + bytes[$1]! }
      if lastReads[node.output] == nil { alive -= bytes[node.output]! }
    }
    return peak
  }

  private func storedBytes(
    _ layers: Zip2Sequence<[Node], [Precision]>, shapes: [String: TensorShape], batch: Int
  ) -> [String: Int] {
    let ties = valueTies()
    var widths: [String: Int] = [:]
    for (layer, precision) in layers {
      let root = ties.root(of: layer.inputs[0])
      widths[root] = max(widths[root] ?? 0, precision.activation.bits)
    }
    return shapes.filter { constants[$0.key] == nil }.reduce(into: [:]) { bytes, entry in
      let count = entry.value.isPerSample ? entry.value.count * batch : entry.value.count
      bytes[entry.key] = (count * (widths[ties.root(of: entry.key)] ?? 32) + 7) / 8
    }
  }
}

extension Operation {
  /// Whether the result may lie where the operand did.
  fileprivate var takesPlace: Bool {
    switch self {
    case .relu, .clip, .activation, .parametricRelu, .scaleAndShift, .flatten, .reshape, .fakeQuantize: true
    default: false
    }
  }
}
