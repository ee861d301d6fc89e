import Core
import Networks

extension ONNXOperator {
  /// Normalisations of groups of channels: Wu, He, "Group Normalization" (arXiv:1803.08494), equation 7.
  static let groupNormalizations: [String: ONNXOperator] = [
    "InstanceNormalization": ONNXOperator(3...3, ["epsilon"]) { reader, node in
      try reader.appendGroupNormalization(node, groups: nil)
    },
    "GroupNormalization": ONNXOperator(3...3, ["epsilon", "num_groups", "stash_type"]) { reader, node in
      try reader.appendGroupNormalization(node, groups: node.integer("num_groups", default: 0))
    },
  ]
}

extension ONNXReader {
  /// Zero mean and unit deviation over each group of a sample's channels, then a scale and a shift of each channel.
  ///
  /// - Parameter groups: nil makes each channel a group.
  fileprivate mutating func appendGroupNormalization(_ node: ONNXNode, groups: Int?) throws {
    let shape = try shape(node, 0)
    guard shape.isPerSample, shape.rank >= 3, let channels = shape.dimensions[1].fixed else {
      throw node.problem("reads \(shape); batch, channels and positions are expected as its axes")
    }
    let groups = groups ?? channels
    guard groups > 0, channels.isMultiple(of: groups) else {
      throw node.problem("has \(groups) groups; they must divide its \(channels) channels")
    }
    let length = shape.count / groups
    let parameters = try [(1, "scale"), (2, "shift")].map { position, what in
      let numbers = try floats(node, position, what)
      // Before opset 21, GroupNormalization had one number for each group.
      let expected = node.kind == "GroupNormalization" && opset < 21 ? groups : channels
      guard numbers.extents == [expected] else {
        throw node.problem("has a \(what) of dimensions \(numbers.extents); [\(expected)] is expected")
      }
      guard numbers.floats!.allSatisfy(\.isFinite) else {
        throw node.problem("has a \(what) that is not finite")
      }
      guard expected < channels else { return embed(numbers, as: node.input(position)!) }
      // As long as it takes to pick by them.
      let room = try budget.room(for: channels, of: Int.self)
      defer { withExtendedLifetime(room) {} }
      let owners = (0..<channels).map { $0 / (channels / groups) }
      return embed(
        try numbers.selected(axis: 0, indices: owners, extents: [channels]), as: "\(node.output).\(what)")
    }
    let ones = embed(
      try FoldedTensor(extents: [length], floats: [Float](repeating: 1, count: length), in: budget),
      as: "\(node.output).ones")
    let flat = try addPart(
      node, .reshape(to: TensorShape([shape.dimensions[0], Dimension(groups), Dimension(length)])),
      on: [operand(node, 0)], suffix: "groups")
    let epsilon = try node.float("epsilon", default: 1e-5)
    let normalized = try addPart(
      node, .layerNormalization(axis: 2, epsilon: epsilon), on: [flat, ones], suffix: "normalized")
    let back = try addPart(node, .reshape(to: shape), on: [normalized], suffix: "channels")
    try add(node, .scaleAndShift, on: [back] + parameters, writing: node.output)
  }
}
