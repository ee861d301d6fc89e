import Networks

extension ONNXOperator {
  /// What PyTorch's dynamo writes for indexing by tensors, and in front of it.
  static let indexing: [String: ONNXOperator] = [
    "GatherND": ONNXOperator(2...2, ["batch_dims"], fold: foldGatherND) { try $0.appendGatherND($1) },
    "CumSum": ONNXOperator(2...2, ["exclusive", "reverse"], fold: foldSums),
  ]

  private static let foldGatherND: Folding = { node, inputs in
    guard let data = inputs[0], let indices = inputs[1] else { return nil }
    return try data.gathered(by: indices, batchAxes: node.integer("batch_dims", default: 0), node)
  }

  private static let foldSums: Folding = { node, inputs in
    guard let tensor = inputs[0], let axes = inputs[1]?.fixedIntegers, axes.count == 1 else { return nil }
    return try tensor.summedUp(
      along: try node.axis(axes[0], rank: tensor.extents.count),
      isExclusive: try node.integer("exclusive", default: 0) != 0,
      isReversed: try node.integer("reverse", default: 0) != 0)
  }
}

extension ONNXReader {
  /// Each sample's own elements, picked at the same places of every sample.
  fileprivate mutating func appendGatherND(_ node: ONNXNode) throws {
    let shape = try shape(node, 0)
    let batchAxes = try node.integer("batch_dims", default: 0)
    guard (0...1).contains(batchAxes), shape.dimensions.first == .batch,
      let places = try placesInSamples(node, countsSamples: batchAxes == 0),
      let depth = places.extents.last, depth < shape.rank
    else { throw node.problem("picks elements that are not at the same places of every sample") }
    // What is picked of one sample: its axes are those of the places, and those behind the picked ones.
    if let numbers = sampleNumbers(node, 0) {
      guard !numbers.differ, numbers.axis == 0 else {
        throw node.problem("picks integers that depend on the sample, which is not supported")
      }
      let sample = numbers.start.reshaped(to: Array(numbers.start.extents.dropFirst()))
      let picked = try sample.gathered(by: places, batchAxes: 0, node)
      let repeated = picked.reshaped(to: [1] + picked.extents)
      values[node.output] = .samples(try SampleNumbers(repeating: repeated, along: 0))
      return
    }
    let picked = shape.dimensions[1..<depth + 1].map(\.factor)
    let rest = Array(shape.dimensions[(depth + 1)...])
    let strides = FoldedTensor.strides(of: picked)
    let numbers = places.fixedIntegers ?? []
    let indices = try stride(from: 0, to: numbers.count, by: max(depth, 1)).map { start in
      try node.position(Array(numbers[start..<start + depth]), of: picked, strides: strides)
    }
    // Without an axis of its own that is picked, a sample is picked whole.
    let count = places.extents.dropLast().reduce(1, *)
    let rows = try addPart(
      node, .reshape(to: TensorShape([.batch, Dimension(picked.reduce(1, *))] + rest)),
      on: [operand(node, 0)], suffix: "samples")
    let selection = Selection(
      axis: 1, indices: depth == 0 ? [Int](repeating: 0, count: count) : indices,
      extents: Array(places.extents.dropLast()))
    try add(node, .select(selection), on: [rows], writing: node.output)
  }

  /// Each sample's own elements, picked at the same places of every sample.
  mutating func appendGatherElements(_ node: ONNXNode) throws {
    let shape = try shape(node, 0)
    let axis = try node.axis(node.integer("axis", default: 0), rank: shape.rank)
    let problem = node.problem("picks elements that are not at the same places of every sample")
    guard shape.dimensions.first == .batch, axis > 0, let places = try placesOfElements(node) else {
      throw problem
    }
    let extents = shape.dimensions.dropFirst().map(\.factor)
    let (strides, along) = (FoldedTensor.strides(of: extents), axis - 1)
    guard places.extents.count == extents.count,
      extents.indices.allSatisfy({ $0 == along || places.extents[$0] <= extents[$0] })
    else { throw problem }
    let steps = FoldedTensor.strides(of: places.extents)
    let indices = try (places.fixedIntegers ?? []).enumerated().map { place, index in
      var position = places.extents.indices.map { place / steps[$0] % places.extents[$0] }
      position[along] = index
      return try node.position(position, of: extents, strides: strides)
    }
    let rows = try addPart(
      node, .reshape(to: TensorShape([.batch, Dimension(extents.reduce(1, *))])), on: [operand(node, 0)],
      suffix: "samples")
    try add(
      node, .select(Selection(axis: 1, indices: indices, extents: places.extents)), on: [rows],
      writing: node.output)
  }

  /// The indices of one sample, when they are the same in all.
  private mutating func placesOfElements(_ node: ONNXNode) throws -> FoldedTensor? {
    if let numbers = sampleNumbers(node, 1) {
      guard !numbers.differ, numbers.axis == 0 else { return nil }
      return numbers.start.reshaped(to: Array(numbers.start.extents.dropFirst()))
    }
    // A file for one batch lists those of all its samples.
    guard let batch, let tensor = try constantIfKnown(node, 1), let all = tensor.fixedIntegers,
      tensor.extents.first == batch
    else { return nil }
    let count = all.count / batch
    guard all.indices.allSatisfy({ all[$0] == all[$0 % count] }) else { return nil }
    return try FoldedTensor(
      extents: Array(tensor.extents.dropFirst()), integers: all[..<count].map { Dimension($0) }, in: budget)
  }

  /// The places that the indices name in each sample, when they are the same in all; the sample's own number is left out.
  ///
  /// - Parameter countsSamples: Whether each list of indices begins with the number of its sample.
  private mutating func placesInSamples(_ node: ONNXNode, countsSamples: Bool) throws -> FoldedTensor? {
    let first: FoldedTensor
    let steps: [Int]
    if let numbers = sampleNumbers(node, 1) {
      guard numbers.axis == 0, let step = numbers.step.fixedIntegers else { return nil }
      (first, steps) = (numbers.start, step)
    } else {
      // A file for one batch lists the places of all its samples.
      guard let batch, let tensor = try constantIfKnown(node, 1), let all = tensor.fixedIntegers,
        tensor.extents.count > 1, tensor.extents[0] == batch
      else { return nil }
      let count = all.count / batch
      let step = batch == 1 ? nil : (0..<count).map { all[count + $0] - all[$0] }
      first = try tensor.selected(axis: 0, indices: [0], extents: [1])
      steps = step ?? (0..<count).map { countsSamples && $0 % tensor.extents.last! == 0 ? 1 : 0 }
      guard all.indices.allSatisfy({ all[$0] == all[$0 % count] + $0 / count * steps[$0 % count] }) else {
        return nil
      }
    }
    guard let numbers = first.fixedIntegers, let depth = first.extents.last, first.extents.count > 1,
      depth > 0
    else { return nil }
    // An axis of the places that has no place makes numbers empty, which fits too.
    let fits = numbers.indices.allSatisfy { index in
      countsSamples && index % depth == 0
        ? numbers[index] == 0 && steps[index] == 1 : steps[index] == 0
    }
    guard fits else { return nil }
    let kept = countsSamples ? depth - 1 : depth
    let places = numbers.indices.filter { $0 % depth >= depth - kept }.map { Dimension(numbers[$0]) }
    return try FoldedTensor(
      extents: first.extents.dropFirst().dropLast() + [kept], integers: places, in: budget)
  }
}

extension ONNXNode {
  /// Where in memory the element lies that indices name, each of which may count from behind.
  fileprivate func position(_ indices: [Int], of extents: [Int], strides: [Int]) throws -> Int {
    try indices.indices.reduce(0) { sum, axis in
      guard (-extents[axis]..<extents[axis]).contains(indices[axis]) else {
        throw problem("picks index \(indices[axis]) of an axis of \(extents[axis])")
      }
      return sum + (indices[axis] < 0 ? indices[axis] + extents[axis] : indices[axis]) * strides[axis]
    }
  }
}

extension FoldedTensor {
  /// The slices at the positions that the last axis of the indices names.
  fileprivate func gathered(by indices: FoldedTensor, batchAxes: Int, _ node: ONNXNode) throws -> FoldedTensor
  {
    guard let numbers = indices.fixedIntegers, let depth = indices.extents.last,
      (0..<indices.extents.count).contains(batchAxes), batchAxes + depth <= extents.count,
      extents.prefix(batchAxes) == indices.extents.prefix(batchAxes)
    else {
      throw node.problem("picks by indices of \(indices.extents) from \(extents), which do not fit")
    }
    let picked = Array(extents[batchAxes..<batchAxes + depth])
    let strides = Self.strides(of: extents)
    let length = extents[(batchAxes + depth)...].reduce(1, *)
    let outer = extents.prefix(batchAxes).reduce(1, *)
    let lists = indices.extents.dropLast().reduce(1, *)
    let starts = try (0..<lists).map { list in
      let batch = list / max(lists / max(outer, 1), 1) * picked.reduce(1, *) * length
      return try batch
        + node.position(
          Array(numbers[list * depth..<(list + 1) * depth]), of: picked,
          strides: Array(strides[batchAxes..<batchAxes + depth]))
    }
    func pick<Element>(_ list: [Element]) -> [Element] {
      var picked: [Element] = []
      picked.reserveCapacity(starts.count * length)
      for start in starts { picked += list[start..<start + length] }
      return picked
    }
    return try moved(
      to: indices.extents.dropLast() + extents[(batchAxes + depth)...], pick, pick)
  }

  /// Sums of all elements up to each along an axis; nil where one depends on the batch.
  ///
  /// - Parameters:
  ///   - isExclusive: Whether the element itself does not count.
  ///   - isReversed: Whether sums start behind.
  fileprivate func summedUp(along axis: Int, isExclusive: Bool, isReversed: Bool) throws -> FoldedTensor? {
    let stride = Self.strides(of: extents)[axis]
    func sum<Element>(
      _ list: [Element], _ zero: Element, _ add: (Element, Element) -> Element?
    ) throws(Unknown) -> [Element] {
      var (sums, results) = (list, list)
      for step in list.indices {
        let index = isReversed ? list.count - 1 - step : step
        let place = index / stride % extents[axis]
        let isFirst = place == (isReversed ? extents[axis] - 1 : 0)
        let before = isFirst ? zero : sums[isReversed ? index + stride : index - stride]
        guard let total = add(before, list[index]) else { throw Unknown() }
        sums[index] = total
        results[index] = isExclusive ? before : total
      }
      return results
    }
    // Floats as runtimes do it, one by one in the numbers' own precision.
    return try Self.known {
      try moved(
        to: extents, { try sum($0, 0) { $0 + $1 } }, { try sum($0, Dimension(0)) { $0.adding($1) } })
    }
  }
}
