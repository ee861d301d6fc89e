import Networks

extension Graph {
  /// The same network in operations that runtimes have in integers.
  ///
  /// Padding around what a layer or a pooling reads becomes padding of its own, and a mean over all positions of a map
  /// becomes a global pooling. Layers and the values that remain keep their names.
  ///
  /// - Throws: `GraphError` when the nodes do not fit together.
  func inIntegerForms() throws -> Graph {
    var result = self
    result.nodes = try nodesWithGlobalPooling()
    result.nodes = result.nodesWithPaddingInside()
    return result
  }

  private func nodesWithGlobalPooling() throws -> [Node] {
    let shapes = try shapes()
    var names = UnusedNames(taken: Set(shapes.keys).union(nodes.map(\.name)))
    return nodes.flatMap { node -> [Node] in
      guard case .reduce(let reduction) = node.operation, reduction.kind == .mean,
        let shape = shapes[node.inputs[0]], shape.sample != nil, shape.rank > 2,
        reduction.axes == Array(2..<shape.rank)
      else { return [node] }
      var pooling = node
      pooling.operation = .globalAveragePool
      if reduction.keepsAxes { return [pooling] }
      pooling.output = names.unused("\(node.output).map")
      let flatten = Node(
        name: names.unused("\(node.name).flatten"), operation: .flatten, inputs: [pooling.output],
        output: node.output)
      return [pooling, flatten]
    }
  }

  private func nodesWithPaddingInside() -> [Node] {
    var pads: [String: (value: String, padding: Padding)] = [:]
    var neverNegative: Set<String> = []
    var changed: [Node] = []
    for var node in nodes {
      while let pad = pads[node.inputs[0]],
        let operation = node.operation.including(
          pad.padding, neverNegative: neverNegative.contains(pad.value))
      {
        (node.operation, node.inputs[0]) = (operation, pad.value)
      }
      if case .pad(let padding) = node.operation { pads[node.output] = (node.inputs[0], padding) }
      if node.operation.isNeverNegative(of: neverNegative.contains(node.inputs[0])) {
        neverNegative.insert(node.output)
      }
      changed.append(node)
    }
    // What nothing reads any more is left out.
    var read = Set(outputs)
    var kept: [Node] = []
    for node in changed.reversed() {
      if pads[node.output] != nil, !read.contains(node.output) { continue }
      read.formUnion(node.inputs)
      kept.append(node)
    }
    return kept.reversed()
  }
}

extension Operation {
  /// The operation on a value without the padding around it; nil where that computes something else.
  fileprivate func including(_ padding: Padding, neverNegative: Bool) -> Operation? {
    guard case .constant(let number) = padding.content else { return nil }
    switch self {
    case .convolution(var convolution):
      guard number == 0, let window = convolution.window.including(padding) else { return nil }
      convolution.window = window
      return .convolution(convolution)
    case .pool(var pooling):
      // Rounding up asks where padding begins; and no window may lie in padding alone.
      guard let window = pooling.window.including(padding), !window.roundsUp, window.meetsTheMap else {
        return nil
      }
      switch pooling.kind {
      case .maximum:
        guard number <= -.greatestFiniteMagnitude || (number == 0 && neverNegative) else { return nil }
      case .mean(let countsPadding):
        guard number == 0, countsPadding || pooling.window.isWithoutPadding else { return nil }
        pooling.kind = .mean(countsPadding: true)
      }
      pooling.window = window
      return .pool(pooling)
    default: return nil
    }
  }

  /// Whether no element of the result is negative; `operand` tells it of what the operation reads first.
  fileprivate func isNeverNegative(of operand: Bool) -> Bool {
    switch self {
    case .relu, .activation(.sigmoid): true
    case .clip(let lowest, _): lowest >= 0
    case .pad(let padding):
      if case .constant(let number) = padding.content { operand && number >= 0 } else { operand }
    default: operand && movesOnly
    }
  }
}

extension Window {
  /// The window with more padding along its axes; nil where padding lies along others, or is more than a window can have.
  fileprivate func including(_ added: Networks.Padding) -> Window? {
    let axes = kernel.count
    let others = added.before.count - axes
    guard others >= 0, (added.before.prefix(others) + added.after.prefix(others)).allSatisfy({ $0 == 0 })
    else { return nil }
    var window = self
    for axis in 0..<axes {
      window.padding.before[axis] += added.before[others + axis]
      window.padding.after[axis] += added.after[others + axis]
    }
    let all = window.padding.before + window.padding.after
    return all.allSatisfy { $0 <= Graph.largestExtent } ? window : nil
  }

  fileprivate var isWithoutPadding: Bool { (padding.before + padding.after).allSatisfy { $0 == 0 } }

  fileprivate var meetsTheMap: Bool {
    kernel.indices.allSatisfy { axis in
      let reach = dilation[axis] * (kernel[axis] - 1) + 1
      return max(padding.before[axis], padding.after[axis]) < reach
    }
  }
}
