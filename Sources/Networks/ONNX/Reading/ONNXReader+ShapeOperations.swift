import Networks

extension ONNXOperator {
  static let shapeOperations: [String: ONNXOperator] = [
    "Transpose": ONNXOperator(1...1, ["perm"], fold: foldTranspose) { reader, node in
      let rank = try reader.shape(node, 0).rank
      try reader.add(node, .transpose(node.integers("perm") ?? Array((0..<rank).reversed())))
    },
    "Concat": ONNXOperator(1...(.max), ["axis"], fold: foldConcat) { reader, node in
      let rank = try reader.shape(node, 0).rank
      let axis = try node.axis(node.integer("axis", default: 1), rank: rank)
      try reader.add(node, .concatenate(axis: axis), inputs: node.inputs.count)
    },
    "Split": ONNXOperator(1...2, ["axis", "num_outputs", "split"], outputs: .max) { try $0.appendSplit($1) },
    "Slice": ONNXOperator(1...5, ["axes", "ends", "starts"], fold: foldSlice) { try $0.appendSlice($1) },
    "Pad": ONNXOperator(1...4, ["mode", "pads", "value"]) { try $0.appendPad($1) },
    "Gather": ONNXOperator(2...2, ["axis"], fold: foldGather) { try $0.appendGather($1) },
    "GatherElements": ONNXOperator(2...2, ["axis"], fold: foldGatherElements) {
      try $0.appendGatherElements($1)
    },
    "Tile": ONNXOperator(2...2) { try $0.appendTile($1) },
    "DepthToSpace": ONNXOperator(1...1, ["blocksize", "mode"]) { try $0.appendDepthToSpace($1) },
    "SpaceToDepth": ONNXOperator(1...1, ["blocksize", "mode"]) { try $0.appendSpaceToDepth($1) },
  ]

  private static let foldTranspose: Folding = { node, inputs in
    guard let tensor = inputs[0] else { return nil }
    let order = try node.integers("perm") ?? Array(tensor.extents.indices.reversed())
    guard order.sorted() == Array(tensor.extents.indices) else {
      throw node.problem("has perm \(order); each of \(tensor.extents.count) axes is expected once")
    }
    return try tensor.transposed(order)
  }

  private static let foldConcat: Folding = { node, inputs in
    let parts = inputs.compactMap { $0 }
    guard let first = parts.first else { return nil }
    let axis = try node.axis(node.integer("axis", default: 1), rank: first.extents.count)
    let fits = parts.allSatisfy { part in
      (part.floats == nil) == (first.floats == nil) && part.extents.count == first.extents.count
        && part.extents.indices.allSatisfy { $0 == axis || part.extents[$0] == first.extents[$0] }
    }
    guard fits else {
      throw node.problem("joins constants of extents \(parts.map(\.extents)), which do not fit")
    }
    return try .concatenated(parts, axis: axis)
  }

  private static let foldGather: Folding = { node, inputs in
    guard let tensor = inputs[0], let list = inputs[1], let indices = list.fixedIntegers else { return nil }
    let axis = try node.axis(node.integer("axis", default: 0), rank: tensor.extents.count)
    let picked = try node.indices(indices, extent: tensor.extents[axis])
    return try tensor.selected(axis: axis, indices: picked, extents: list.extents)
  }

  /// At each place of the indices, what lies at the same place of the data, but for the index along the axis.
  private static let foldGatherElements: Folding = { node, inputs in
    guard let tensor = inputs[0], let list = inputs[1], let numbers = list.fixedIntegers,
      tensor.extents.count == list.extents.count, !list.extents.isEmpty
    else { return nil }
    let axis = try node.axis(node.integer("axis", default: 0), rank: tensor.extents.count)
    guard zip(tensor.extents, list.extents).enumerated().allSatisfy({ $0 == axis || $1.1 <= $1.0 }) else {
      throw node.problem("picks \(list.extents) of \(tensor.extents), which has less along another axis")
    }
    let picked = try node.indices(numbers, extent: tensor.extents[axis])
    let (strides, places) = (
      FoldedTensor.strides(of: tensor.extents), FoldedTensor.strides(of: list.extents)
    )
    let sources = picked.indices.map { place in
      list.extents.indices.reduce(picked[place] * strides[axis]) { sum, other in
        other == axis ? sum : sum + place / places[other] % list.extents[other] * strides[other]
      }
    }
    var result = try tensor.moved(
      to: list.extents, { values in sources.map { values[$0] } }, { values in sources.map { values[$0] } })
    (result.source, result.givenWidth) = (nil, nil)
    return result
  }

  private static let foldSlice: Folding = { node, inputs in
    guard let tensor = inputs[0],
      let starts = try node.integers("starts") ?? inputs.element(1)?.fixedIntegers,
      let ends = try node.integers("ends") ?? inputs.element(2)?.fixedIntegers
    else { return nil }
    let axes = try node.integers("axes") ?? inputs.element(3)?.fixedIntegers
    let cuts = try node.cuts(
      starts: starts, ends: ends, axes: axes, steps: inputs.element(4)?.fixedIntegers,
      rank: tensor.extents.count)
    var (offset, extents) = (0, tensor.extents)
    var strides = FoldedTensor.strides(of: extents)
    for cut in cuts {
      let part = cut.part(of: tensor.extents[cut.axis])
      offset += part.count > 0 ? part.start * strides[cut.axis] : 0
      extents[cut.axis] = part.count
      strides[cut.axis] *= cut.step
    }
    return try tensor.picked(offset: offset, extents: extents, strides: strides)
  }
}

/// What Slice takes of one axis, as the file says it.
private struct Cut {
  var axis: Int
  var start: Int
  var end: Int
  var step: Int

  /// The first position and how many there are, along an axis of `extent`.
  func part(of extent: Int) -> (start: Int, count: Int) {
    func clamped(_ position: Int, _ range: ClosedRange<Int>) -> Int {
      let positive = position < 0 ? position + extent : position
      return min(max(positive, range.lowerBound), range.upperBound)
    }
    if step > 0 {
      let (first, last) = (clamped(start, 0...extent), clamped(end, 0...extent))
      return (first, first < last ? (last - first - 1) / step + 1 : 0)
    }
    guard extent > 0 else { return (0, 0) }
    let (first, last) = (clamped(start, 0...extent - 1), clamped(end, -1...extent - 1))
    return (first, first > last ? (first - last - 1) / -step + 1 : 0)
  }

  /// What takes a part that is not empty; backwards, each element is picked.
  ///
  /// Throws `ONNXError.Problem` where the budget has no room for a number of each.
  func operation(on part: (start: Int, count: Int), in budget: ReadingBudget) throws -> Operation {
    guard step < 0 else {
      return .slice(
        Slice(axis: axis, start: part.start, end: part.start + (part.count - 1) * step + 1, step: step))
    }
    _ = try budget.room(for: part.count, of: Int.self)
    let indices = (0..<part.count).map { part.start + $0 * step }
    return .select(Selection(axis: axis, indices: indices, extents: [part.count]))
  }
}

extension ONNXNode {
  /// Indices counted from the front, each within an axis of `extent`.
  fileprivate func indices(_ list: [Int], extent: Int) throws -> [Int] {
    try list.map { index in
      guard (-extent..<extent).contains(index) else {
        throw problem("picks index \(index) of an axis of \(extent)")
      }
      return index < 0 ? index + extent : index
    }
  }

  fileprivate func cuts(starts: [Int], ends: [Int], axes: [Int]?, steps: [Int]?, rank: Int) throws -> [Cut] {
    let axes = axes ?? Array(starts.indices)
    let steps = steps ?? Array(repeating: 1, count: starts.count)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
      throw problem(
        "has \(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps")
    }
    let counted = try axes.map { try axis($0, rank: rank) }
    guard Set(counted).count == counted.count else { throw problem("has axes \(axes), one of them twice") }
    // Numbers near the limits stand for the ends of an axis.
    let limit = 1 << 48
    return try starts.indices.map { position in
      let step = steps[position]
      guard step != 0, abs(max(step, -limit)) < limit else { throw problem("has the step \(step)") }
      return Cut(
        axis: counted[position], start: min(max(starts[position], -limit), limit),
        end: min(max(ends[position], -limit), limit), step: step)
    }
  }
}

extension ONNXReader {
  fileprivate mutating func appendSlice(_ node: ONNXNode) throws {
    let shape = try shape(node, 0)
    let starts = try node.integers("starts") ?? fixedIntegers(node, 1, "list of starts")
    let ends = try node.integers("ends") ?? fixedIntegers(node, 2, "list of ends")
    let axes =
      try node.integers("axes") ?? (node.input(3) == nil ? nil : fixedIntegers(node, 3, "list of axes"))
    let steps = node.input(4) == nil ? nil : try fixedIntegers(node, 4, "list of steps")
    var parts: [(axis: Int, operation: Operation)] = []
    for cut in try node.cuts(starts: starts, ends: ends, axes: axes, steps: steps, rank: shape.rank) {
      guard let extent = shape.dimensions[cut.axis].fixed else {
        guard cut.start == 0, cut.step == 1, cut.end > Graph.largestCount else {
          throw node.problem("takes a part of the batch; samples are kept together")
        }
        continue
      }
      let part = cut.part(of: extent)
      guard part.count > 0 else {
        throw node.problem(
          "takes \(cut.start)..<\(cut.end) by \(cut.step) of an axis of \(extent), which leaves nothing")
      }
      if cut.step > 0, part.count == extent { continue }
      parts.append((cut.axis, try cut.operation(on: part, in: budget)))
    }
    guard let last = parts.popLast() else { return try alias(node) }
    var value = try operand(node, 0)
    for part in parts { value = try addPart(node, part.operation, on: [value], suffix: "axis\(part.axis)") }
    try add(node, last.operation, on: [value], writing: node.output)
  }

  fileprivate mutating func appendSplit(_ node: ONNXNode) throws {
    let shape = try shape(node, 0)
    let axis = try node.axis(node.integer("axis", default: 0), rank: shape.rank)
    guard let extent = shape.dimensions[axis].fixed else {
      throw node.problem("splits the batch; samples are kept together")
    }
    let count = node.outputs.count
    let even = (extent + count - 1) / count
    let equal = (0..<count).map { min(even, extent - $0 * even) }
    let sizes =
      try node.integers("split") ?? (node.input(1) == nil ? equal : fixedIntegers(node, 1, "list of sizes"))
    guard sizes.count == count, sizes.allSatisfy({ (1...extent).contains($0) }), sizes.reduce(0, +) == extent
    else { throw node.problem("splits an axis of \(extent) into \(sizes) for \(count) outputs") }
    let value = try operand(node, 0)
    var start = 0
    for (position, (output, size)) in zip(node.outputs, sizes).enumerated() {
      let slice = Slice(axis: axis, start: start, end: start + size)
      start += size
      if output.isEmpty { continue }
      try add(node, .slice(slice), on: [value], writing: output, suffix: ".\(position)")
    }
  }

  fileprivate mutating func appendGather(_ node: ONNXNode) throws {
    let shape = try shape(node, 0)
    let axis = try node.axis(node.integer("axis", default: 0), rank: shape.rank)
    guard let extent = shape.dimensions[axis].fixed else {
      if try pickedFromSamples(node, shape) != nil { return }
      throw node.problem("picks samples of the batch; samples are kept together")
    }
    let extents = try constant(node, 1, "list of indices").extents
    let indices = try node.indices(fixedIntegers(node, 1, "list of indices"), extent: extent)
    try add(node, .select(Selection(axis: axis, indices: indices, extents: extents)))
  }

  fileprivate mutating func appendTile(_ node: ONNXNode) throws {
    let shape = try shape(node, 0)
    let repeats = try fixedIntegers(node, 1, "list of repeats")
    guard repeats.count == shape.rank, repeats.allSatisfy({ (1...4096).contains($0) }) else {
      throw node.problem("has repeats \(repeats); expected are \(shape.rank) numbers of 1 to 4096")
    }
    let axes = repeats.indices.filter { repeats[$0] > 1 }
    guard let last = axes.last else { return try alias(node) }
    var value = try operand(node, 0)
    for axis in axes {
      let copies = [String](repeating: value, count: repeats[axis])
      guard axis != last else {
        return try add(node, .concatenate(axis: axis), on: copies, writing: node.output)
      }
      value = try addPart(node, .concatenate(axis: axis), on: copies, suffix: "axis\(axis)")
    }
  }
}
