import Networks

extension ONNXOperator {
  static let normalizations: [String: ONNXOperator] = [
    "BatchNormalization": ONNXOperator(5...5, ["epsilon", "momentum", "spatial", "training_mode"]) {
      try $0.appendBatchNormalization($1)
    },
    "LayerNormalization": ONNXOperator(2...3, ["axis", "epsilon", "stash_type"]) { reader, node in
      let rank = try reader.shape(node, 0).rank
      try reader.add(
        node,
        .layerNormalization(
          axis: node.axis(node.integer("axis", default: -1), rank: rank),
          epsilon: node.float("epsilon", default: 1e-5)),
        inputs: node.inputs.count)
    },
    "LRN": ONNXOperator(1...1, ["alpha", "beta", "bias", "size"]) { reader, node in
      let response = try LocalResponse(
        size: node.integer("size", default: 0), alpha: node.float("alpha", default: 1e-4),
        beta: node.float("beta", default: 0.75), bias: node.float("bias", default: 1))
      try reader.add(node, .localResponseNormalization(response))
    },
    "Softmax": ONNXOperator(1...1, ["axis"]) { try $0.appendSoftmax($1) { .softmax(axis: $0) } },
    "LogSoftmax": ONNXOperator(1...1, ["axis"]) { try $0.appendSoftmax($1) { .logSoftmax(axis: $0) } },
  ]
}

extension ONNXReader {
  /// y = scale * (x - mean) / sqrt(variance + epsilon) + shift, part of the layer that computes x where there is one.
  fileprivate mutating func appendBatchNormalization(_ node: ONNXNode) throws {
    try node.require("training_mode", 0)
    try node.require("spatial", 1)
    let shape = try shape(node, 0)
    guard shape.rank >= 2, let channels = shape.dimensions[1].fixed else {
      throw node.problem("reads \(shape); batch and channels are expected as its first axes")
    }
    let scale = try parameters(node, 1, "scale", count: channels)
    let shift = try parameters(node, 2, "shift", count: channels)
    let mean = try parameters(node, 3, "mean", count: channels)
    let variance = try parameters(node, 4, "variance", count: channels)
    let epsilon = try Double(node.float("epsilon", default: 1e-5))
    // The change has three numbers of double precision for each channel.
    let room = try budget.room(for: [4, channels], of: Double.self)
    defer { withExtendedLifetime(room) {} }
    let factors = try (0..<channels).map { channel in
      let spread = Double(variance[channel]) + epsilon
      guard spread > 0 else {
        throw node.problem(
          "has the variance \(variance[channel]) in channel \(channel); it cannot be negative")
      }
      return Double(scale[channel]) / spread.squareRoot()
    }
    if let index = layerReadOnlyHere(node, 0), isChannelAxisSecond(ofLayer: index) {
      let change = ChannelChange(
        factors: factors, means: mean.map(Double.init), shifts: shift.map(Double.init))
      return try fold(change, of: node, intoLayer: index)
    }
    let shifts = factors.indices.map { Float(Double(shift[$0]) - Double(mean[$0]) * factors[$0]) }
    guard (shifts + factors.map { Float($0) }).allSatisfy(\.isFinite) else {
      throw node.problem("scales or shifts a channel by what is not finite")
    }
    let operands = try [
      operand(node, 0),
      embed(
        FoldedTensor(extents: [channels], floats: factors.map { Float($0) }, in: budget),
        as: "\(node.output).scale"),
      embed(FoldedTensor(extents: [channels], floats: shifts, in: budget), as: "\(node.output).shift"),
    ]
    try add(node, .scaleAndShift, on: operands, writing: node.output)
  }

  private func isChannelAxisSecond(ofLayer index: Int) -> Bool {
    switch graph.nodes[index].operation {
    case .convolution, .transposedConvolution: true
    default: shapes[graph.nodes[index].output]?.rank == 2
    }
  }

  private mutating func parameters(
    _ node: ONNXNode, _ position: Int, _ what: String, count: Int
  ) throws -> [Float] {
    let values = try floats(node, position, what).floats!
    guard values.count == count else {
      throw node.problem("has \(values.count) numbers as \(what); its input has \(count) channels")
    }
    return values
  }

  /// Before opset 13, all axes from `axis` on were one.
  fileprivate mutating func appendSoftmax(_ node: ONNXNode, _ operation: (Int) -> Operation) throws {
    let shape = try shape(node, 0)
    let axis = try node.axis(node.integer("axis", default: opset < 13 ? 1 : -1), rank: shape.rank)
    let rest = shape.dimensions[(axis + 1)...]
    guard opset < 13, rest.contains(where: { $0 != Dimension(1) }) else {
      return try add(node, operation(axis))
    }
    let joined = TensorShape(
      shape.dimensions[..<axis] + [Dimension(shape.dimensions[axis...].reduce(1) { $0 * $1.factor })])
    let flat = try addPart(node, .reshape(to: joined), on: [operand(node, 0)], suffix: "joined")
    let result = try addPart(node, operation(axis), on: [flat], suffix: "softmax")
    try add(node, .reshape(to: shape), on: [result], writing: node.output)
  }
}
