import Networks

/// DepthToSpace and SpaceToDepth: blocks of pixels are channels, and the other way around.
extension ONNXReader {
  /// Channels to squares of `blocksize` x `blocksize`.
  mutating func appendDepthToSpace(_ node: ONNXNode) throws {
    let (sample, block) = try blocks(node)
    guard sample[0].isMultiple(of: block * block) else {
      throw node.problem("has \(sample[0]) channels; a multiple of \(block * block) is expected")
    }
    let channels = sample[0] / block / block
    let isDepthFirst = try isDepthFirst(node)
    let split = isDepthFirst ? [block, block, channels] : [channels, block, block]
    let order = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
    try appendRearranged(
      node, split + sample[1...], order, [channels, sample[1] * block, sample[2] * block])
  }

  /// Squares of `blocksize` x `blocksize` to channels.
  mutating func appendSpaceToDepth(_ node: ONNXNode) throws {
    let (sample, block) = try blocks(node)
    guard sample[1].isMultiple(of: block), sample[2].isMultiple(of: block) else {
      throw node.problem("reads a map of \(sample); height and width are no multiples of \(block)")
    }
    let (height, width) = (sample[1] / block, sample[2] / block)
    try appendRearranged(
      node, [sample[0], height, block, width, block],
      isDepthFirst(node) ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4],
      [sample[0] * block * block, height, width])
  }

  /// Whether the places within a block are the outer part of the channels (DCR), or the inner one (CRD).
  private func isDepthFirst(_ node: ONNXNode) throws -> Bool {
    let mode = try node.text("mode") ?? "DCR"
    guard ["DCR", "CRD"].contains(mode) else {
      throw node.problem("has mode \(mode); supported are DCR and CRD")
    }
    return mode == "DCR"
  }

  private mutating func blocks(_ node: ONNXNode) throws -> (sample: [Int], block: Int) {
    let shape = try shape(node, 0)
    let block = try node.integer("blocksize", default: 0)
    guard shape.isMap, let sample = shape.sample, (1...1024).contains(block) else {
      throw node.problem("reads \(shape) with blocksize \(block); a map and 1 to 1024 are expected")
    }
    return (sample, block)
  }

  private mutating func appendRearranged(
    _ node: ONNXNode, _ split: [Int], _ order: [Int], _ joined: [Int]
  ) throws {
    func shape(_ extents: [Int]) -> TensorShape { TensorShape([.batch] + extents.map(Dimension.init)) }
    let apart = try addPart(node, .reshape(to: shape(split)), on: [operand(node, 0)], suffix: "split")
    let moved = try addPart(node, .transpose(order), on: [apart], suffix: "moved")
    try add(node, .reshape(to: shape(joined)), on: [moved], writing: node.output)
  }
}
