import Networks

extension ONNXOperator {
  static let pooling: [String: ONNXOperator] = [
    "MaxPool": ONNXOperator(
      1...1, ["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"]
    ) { reader, node in
      try reader.add(node, .pool(Pooling(.maximum, reader.poolingWindow(node))))
    },
    "AveragePool": ONNXOperator(
      1...1, ["auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides"]
    ) { reader, node in
      let window = try reader.poolingWindow(node)
      let countsPadding = try node.integer("count_include_pad", default: 0) != 0
      try reader.add(node, .pool(Pooling(.mean(countsPadding: countsPadding), window)))
    },
    "GlobalAveragePool": ONNXOperator(1...1) { try $0.add($1, .globalAveragePool) },
    "GlobalMaxPool": ONNXOperator(1...1) { reader, node in
      let rank = try reader.shape(node, 0).rank
      guard rank > 2 else { throw node.problem("reads a value without height and width") }
      try reader.add(node, .reduce(Reduction(.maximum, axes: Array(2..<rank), keepsAxes: true)))
    },
  ]

  static let reductions: [String: ONNXOperator] = [
    "ReduceMean": reduction(.mean), "ReduceSum": reduction(.sum), "ReduceMax": reduction(.maximum),
    "ReduceMin": reduction(.minimum),
    "ReduceProd": reduction(.product),
  ]

  private static func reduction(_ kind: Reduction.Kind) -> ONNXOperator {
    ONNXOperator(
      1...2, ["axes", "keepdims", "noop_with_empty_axes"],
      fold: { node, inputs in
        if kind == .product, let count = try foldCount(node, inputs) { return count }
        guard let tensor = inputs[0], let axes = try node.axes(inputs.element(1), rank: tensor.extents.count)
        else {
          return inputs[0]
        }
        return try tensor.reduced(kind, axes: axes, keepsAxes: try node.integer("keepdims", default: 1) != 0)
      },
      read: { reader, node in
        guard let reduction = try reader.reduction(node, kind) else { return try reader.alias(node) }
        try reader.add(node, .reduce(reduction))
      })
  }

  /// The product of all elements of a list, which is how many elements a shape has.
  private static let foldCount: Folding = { node, inputs in
    guard let integers = inputs[0]?.integers, inputs[0]?.extents.count == 1,
      let product = integers.reduce(Dimension(1), { $0?.multiplied(by: $1) })
    else { return nil }
    return try FoldedTensor(
      extents: node.integer("keepdims", default: 1) != 0 ? [1] : [], integers: [product],
      in: inputs[0]!.budget)
  }
}

extension ONNXNode {
  /// The axes of a reduction, ascending; nil when it leaves its input as it is.
  fileprivate func axes(_ list: FoldedTensor?, rank: Int) throws -> [Int]? {
    let stated = try integers("axes") ?? list?.fixedIntegers ?? []
    guard stated.isEmpty else {
      let axes = try stated.map { try axis($0, rank: rank) }
      guard Set(axes).count == axes.count else { throw problem("has an axis twice: \(stated)") }
      return axes.sorted()
    }
    return try integer("noop_with_empty_axes", default: 0) != 0 || rank == 0 ? nil : Array(0..<rank)
  }
}

extension ONNXReader {
  /// What a node reduces; nil when it leaves its input as it is.
  mutating func reduction(_ node: ONNXNode, _ kind: Reduction.Kind) throws -> Reduction? {
    let rank = try shape(node, 0).rank
    let list = node.input(1) == nil ? nil : try constant(node, 1, "axes")
    guard let axes = try node.axes(list, rank: rank) else { return nil }
    return Reduction(kind, axes: axes, keepsAxes: try node.integer("keepdims", default: 1) != 0)
  }

  fileprivate mutating func poolingWindow(_ node: ONNXNode) throws -> Window {
    var window = try window(node, kernel: nil)
    window.roundsUp = try node.integer("ceil_mode", default: 0) != 0
    return window
  }
}
