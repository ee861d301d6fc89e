public import Core

extension Graph {
  /// Bytes that all weights of the layers take at a policy's widths, biases not counted; rounded up once.
  ///
  /// Weights that layers share count once, at the width that covers those of all. Throws `GraphError`.
  ///
  /// - Precondition: the policy has a precision for each layer of `network()`.
  public func weightBytes(_ policy: Policy) throws -> Int {
    let network = try network()
    precondition(policy.precisions.count == network.layers.count)
    var widths = Dictionary(
      uniqueKeysWithValues: zip(network.layers.map(\.name), policy.precisions.map(\.weight)))
    for group in sharedWeights {
      let shared = group.compactMap { widths[$0] }
      for name in group { widths[name] = nil }
      if !shared.isEmpty { widths[group[0]] = .stored(for: shared) }
    }
    let points = network.layers.enumerated().compactMap { index, layer in
      widths[layer.name].map { Point(layer: index, precision: Precision(weight: $0, activation: .eight)) }
    }
    var bytes = 0.0
    for case .cost(let cost) in WeightStorage().outcomes(of: points, in: network) {
      bytes += cost[.weightBytes] ?? 0
    }
    return Int(bytes.rounded(.up))
  }

  /// The most bytes of activations that are alive at once, for a batch at a policy's widths: the peak of
  /// `activationMemory(batch:)`. Throws `GraphError`.
  ///
  /// - Precondition: the policy has a precision for each layer of `network()`, and `batch` is positive.
  public func peakActivationBytes(_ policy: Policy, batch: Int = 1) throws -> Int {
    precondition(policy.precisions.count == nodes.count(where: \.isLayer))
    return try activationMemory(batch: batch).peak(policy)
  }

  /// Which activations are alive together while a batch runs, and which layers settle their widths.
  ///
  /// A value lives from the node that writes it until the last that reads it, and both while a node runs. A relu, a
  /// clip or a change of shape takes the place of its operand, unless that is read again. Operations of single elements
  /// that are one function of one value, such as x * sigmoid(x), run as one (`Graph.passedValues`). For widths, see
  /// `StoredWidths`. Throws `GraphError`.
  ///
  /// - Precondition: `batch` is positive.
  public func activationMemory(batch: Int = 1) throws -> ActivationMemory {
    precondition(batch > 0)
    let shapes = try shapes()
    let widths = StoredWidths(self)
    let names = [input] + nodes.map(\.output)
    let position = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let values = names.map { name in
      let shape = shapes[name]!
      return ActivationMemory.Value(
        elements: shape.isPerSample ? shape.count * batch : shape.count, layers: widths.layers(of: name))
    }

    let passed = passedValues(shapes)
    let reads = storedReads(passed)
    var lastReads: [String: Int] = [:]
    for (index, reads) in reads.enumerated() {
      for value in reads { lastReads[value] = index }
    }
    for output in outputs { lastReads[output] = nodes.count }
    var alive: Set = [0]
    var liveSets = [alive]
    for (index, node) in nodes.enumerated() where !passed.contains(node.output) {
      let result = position[node.output]!
      let dead = Set(reads[index].filter { lastReads[$0] == index }.map { position[$0]! })
      let isInPlace = node.operation.takesPlace || node.operation.isOfElements && reads[index].count == 1
      if isInPlace, let operand = reads[index].first.map({ position[$0]! }), dead.contains(operand) {
        // Either of them may be the larger.
        liveSets.append(alive.subtracting([operand]).union([result]))
      } else {
        liveSets.append(alive.union([result]))
      }
      alive = alive.subtracting(dead)
      if lastReads[node.output] != nil { alive.insert(result) }
    }
    return ActivationMemory(values: values, liveSets: liveSets)
  }
}

extension Graph {
  /// Values between operations of single elements that together are one function of one value: runtimes compute such
  /// operations as one, so that these are never stored.
  private func passedValues(_ shapes: [String: TensorShape]) -> Set<String> {
    // The value that another is a function of, element by element.
    var sources: [String: String] = [:]
    for node in nodes where node.operation.isOfElements {
      let operands = Set(node.inputs.filter { constants[$0] == nil }.map { sources[$0] ?? $0 })
      guard operands.count == 1, let source = operands.first, shapes[node.output] == shapes[source] else {
        continue
      }
      sources[node.output] = source
    }
    var passed = Set(sources.keys).subtracting(outputs)
    for node in nodes {
      for value in node.inputs where sources[value] == nil || sources[node.output] != sources[value] {
        passed.remove(value)
      }
    }
    return passed
  }

  /// For each node, the stored values that it reads, each once, itself or through values that are passed on.
  private func storedReads(_ passed: Set<String>) -> [[String]] {
    var read: [String: [String]] = [:]
    return nodes.map { node in
      var reads: [String] = []
      for value in node.inputs where constants[value] == nil {
        for stored in read[value] ?? [value] where !reads.contains(stored) { reads.append(stored) }
      }
      if passed.contains(node.output) { read[node.output] = reads }
      return passed.contains(node.output) ? [] : reads
    }
  }
}

extension Operation {
  /// Whether each element of the result is a function of one element of each operand.
  fileprivate var isOfElements: Bool {
    switch self {
    case .relu, .clip, .activation, .parametricRelu, .add, .arithmetic, .scaleAndShift, .fakeQuantize: true
    default: false
    }
  }

  /// Whether the result may lie where the operand did.
  fileprivate var takesPlace: Bool {
    switch self {
    case .relu, .clip, .activation, .parametricRelu, .scaleAndShift, .flatten, .reshape, .fakeQuantize: true
    default: false
    }
  }
}
