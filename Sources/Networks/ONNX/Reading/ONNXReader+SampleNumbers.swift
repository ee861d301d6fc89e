import Networks

extension ONNXReader {
  /// Reads a node whose inputs are known for every batch, but not the same in each; false when it is something else.
  mutating func readSampleNumbers(_ node: ONNXNode, _ fold: ONNXOperator.Folding) throws -> Bool {
    let operands = try node.inputs.indices.map { position -> SampleNumbers.Operand? in
      if let numbers = sampleNumbers(node, position) { return .samples(numbers) }
      return try constantIfKnown(node, position).map { .constant($0) }
    }
    guard zip(node.inputs, operands).allSatisfy({ $0.isEmpty == ($1 == nil) }),
      let result = try SampleNumbers.result(of: node, fold, on: operands)
    else { return false }
    switch result {
    case .constant(let tensor): set(tensor, for: node.output)
    case .shape(let shape): values[node.output] = .shaped(shape)
    case .integers(let numbers): values[node.output] = .samples(numbers)
    case .floats(let tensor, let axis):
      var shape = TensorShape.constant(tensor.extents)
      shape.dimensions[axis] = .batch
      let value = embed(tensor, as: unusedValueName("\(node.output).sample"))
      try add(node, .expand(to: shape), on: [value], writing: node.output)
    }
    return true
  }

  /// The integers of each sample at an input; nil for other inputs.
  func sampleNumbers(_ node: ONNXNode, _ position: Int) -> SampleNumbers? {
    guard let name = node.input(position), case .samples(let numbers) = values[name] else { return nil }
    return numbers
  }

  /// Elements of a value that lies flat in memory, sample after sample, picked alike from each; nil when it is something else.
  ///
  /// PyTorch's dynamo writes the views of a tensor (`as_strided`) so.
  mutating func pickedFromSamples(_ node: ONNXNode, _ shape: TensorShape) throws -> TensorShape? {
    guard shape.rank == 1, shape.isPerSample else { return nil }
    let length = shape.dimensions[0].factor
    guard let picked = try positionsInSamples(node, length: length) else { return nil }
    let rows = try addPart(
      node, .reshape(to: TensorShape([.batch, Dimension(length)])), on: [operand(node, 0)], suffix: "samples")
    let extents = Array(picked.extents.dropFirst())
    try add(
      node, .select(Selection(axis: 1, indices: picked.indices, extents: extents)), on: [rows],
      writing: node.output)
    return shapes[node.output]
  }

  /// Positions of the first sample, when the others have them at the same distances.
  private mutating func positionsInSamples(
    _ node: ONNXNode, length: Int
  ) throws -> (indices: [Int], extents: [Int])? {
    var found: (indices: [Int], extents: [Int])?
    if let numbers = sampleNumbers(node, 1), numbers.axis == 0, let start = numbers.start.fixedIntegers,
      let steps = numbers.step.fixedIntegers, steps.allSatisfy({ $0 == length })
    {
      found = (start, numbers.start.extents)
    } else if let batch, let tensor = try constantIfKnown(node, 1), let all = tensor.fixedIntegers,
      tensor.extents.first == batch
    {
      // A file for one batch lists the positions of all its samples.
      let count = all.count / batch
      guard all.indices.allSatisfy({ all[$0] == all[$0 % count] + $0 / count * length }) else { return nil }
      found = (Array(all[..<count]), tensor.extents)
    }
    guard let found, found.indices.allSatisfy((0..<length).contains) else { return nil }
    return found
  }

  /// Where with a condition that is known: each element from one of two values, of which the network may compute either.
  ///
  /// A value counts as 0 times itself where the other is taken, so that infinities in it would become not numbers.
  mutating func appendWhere(_ node: ONNXNode) throws {
    if let tested = node.input(0).flatMap({ numberTests[$0] }) {
      guard let name = node.input(2), case .computed(tested) = values[name] else {
        throw node.problem(
          "chooses by IsNaN between other values than a constant and the one that was tested")
      }
      values[node.output] = .computed(tested)
      return
    }
    let known = try sampleNumbers(node, 0).map { $0.differ ? nil : $0.start } ?? constantIfKnown(node, 0)
    guard let condition = known, let flags = condition.integers else {
      throw node.problem("has a condition that the network computes; only constants are supported")
    }
    let mask = try FoldedTensor(
      extents: condition.extents, floats: flags.map { $0.factor == 0 ? 0 : 1 }, in: budget)
    let rest = try FoldedTensor(
      extents: condition.extents, floats: flags.map { $0.factor == 0 ? 1 : 0 }, in: budget)
    let zero = try FoldedTensor(extents: [], floats: [0], in: budget)
    var parts: [String] = []
    for (position, mask) in [(1, mask), (2, rest)] {
      let name = unusedValueName("\(node.output).part\(position)")
      if let tensor = try constantIfKnown(node, position) {
        guard tensor.floats != nil,
          let part = try position == 1
            ? tensor.chosen(where: condition, else: zero) : zero.chosen(where: condition, else: tensor)
        else { throw node.problem("chooses between constants of types or lengths that do not fit") }
        parts.append(embed(part, as: name))
      } else {
        let mask = embed(mask, as: name)
        parts.append(
          try addPart(
            node, .arithmetic(.multiply), on: [operand(node, position), mask], suffix: "chosen\(position)"))
      }
    }
    try add(node, .add, on: parts, writing: node.output)
  }

  /// What PyTorch's dynamo writes behind a softmax: where a mask hides all keys from a query, 0 takes the place of what is no number.
  ///
  /// Such queries are not supported, as they are not in Attention; measuring them is an error of its own.
  mutating func appendIsNaN(_ node: ONNXNode) throws {
    guard let name = node.input(0), case .computed(let value) = values[name], let index = producers[value],
      case .softmax = graph.nodes[index].operation
    else { throw node.problem("tests what is no result of a Softmax, which is not supported") }
    numberTests[node.output] = value
    refused[node.output] = node.problem("gives truth values, which Where alone may read")
  }
}
