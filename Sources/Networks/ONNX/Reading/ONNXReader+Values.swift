import Core
import Networks

extension ONNXReader {
  /// The constant at an input; nil when it is left out or computed by the running network.
  mutating func constantIfKnown(_ node: ONNXNode, _ position: Int) throws -> FoldedTensor? {
    guard let name = node.input(position) else { return nil }
    switch values[name] {
    case .constant(let tensor): return tensor
    case .stored(let tensor):
      let folded = try tensor.folded(folder: options.folder, in: budget)
      values[name] = .constant(folded)
      return folded
    default: return nil
    }
  }

  /// The constant at an input; the message says what it was needed for.
  mutating func constant(_ node: ONNXNode, _ position: Int, _ what: String) throws -> FoldedTensor {
    guard let name = node.input(position) else { throw node.problem("has no \(what)") }
    guard let tensor = try constantIfKnown(node, position) else {
      guard values[name] != nil else {
        throw node.problem(
          "reads its \(what) from \"\(name)\", which is no initializer or constant of the file")
      }
      throw node.problem(
        "computes its \(what) while the network runs (\"\(name)\"); only constants are supported")
    }
    return tensor
  }

  /// Floats at an input.
  mutating func floats(_ node: ONNXNode, _ position: Int, _ what: String) throws -> FoldedTensor {
    let tensor = try constant(node, position, what)
    guard tensor.floats != nil else {
      throw node.problem("has a \(what) of \(tensor.type); floats are expected")
    }
    return tensor
  }

  /// Integers at an input, which the batch may be part of.
  mutating func integers(_ node: ONNXNode, _ position: Int, _ what: String) throws -> [Dimension] {
    guard let integers = try constant(node, position, what).integers else {
      throw node.problem("has a \(what) that is not of integers")
    }
    return integers
  }

  /// Integers at an input that do not depend on the batch.
  mutating func fixedIntegers(_ node: ONNXNode, _ position: Int, _ what: String) throws -> [Int] {
    let integers = try integers(node, position, what)
    let fixed = integers.compactMap(\.fixed)
    guard fixed.count == integers.count else {
      throw node.problem("has a \(what) that depends on the batch: \(integers)")
    }
    return fixed
  }

  /// One float at an input.
  mutating func scalar(_ node: ONNXNode, _ position: Int, _ what: String) throws -> Float {
    let tensor = try floats(node, position, what)
    guard let floats = tensor.floats, floats.count == 1 else {
      throw node.problem("has a \(what) that is not one number")
    }
    return floats[0]
  }

  /// One number, or as many equal ones.
  mutating func equalNumbers(_ node: ONNXNode, _ position: Int, _ what: String) throws -> Float {
    let tensor = try floats(node, position, what)
    guard let floats = tensor.floats, let first = floats.first, floats.allSatisfy({ $0 == first }) else {
      throw node.problem("has a \(what) that is not one number")
    }
    return first
  }

  /// The name by which the graph knows a value that a node reads; constants become part of the graph.
  mutating func operand(_ node: ONNXNode, _ position: Int) throws -> String {
    guard let name = node.input(position) else { throw node.problem("leaves out its input \(position)") }
    switch values[name] {
    case .computed(let value): return value
    case .samples, .shaped:
      throw node.problem(
        "computes with \"\(name)\", integers that depend on the batch, which is not supported")
    case .quantized:
      throw node.problem("reads the quantized values of a quantizer; only DequantizeLinear and Clip may")
    case nil: throw refused[name] ?? GraphError.unknownInput(node: node.name, value: name)
    default:
      let tensor = try floats(node, position, "input")
      guard tensor.elements.count > 0 else { throw node.problem("reads the empty tensor \"\(name)\"") }
      return embed(tensor, as: name)
    }
  }

  /// Makes a constant part of the graph.
  ///
  /// - Precondition: it holds floats.
  mutating func embed(_ tensor: FoldedTensor, as wanted: String) -> String {
    let constant = Constant(extents: tensor.extents, values: tensor.floats!)
    if graph.constants[wanted] == constant { return wanted }
    var name = wanted
    while shapes[name] != nil { name += "_" }
    graph.constants[name] = constant
    rooms.append(tensor.room)
    shapes[name] = constant.shape
    return name
  }

  /// The shape of the computed value at an input; nil for constants.
  func shapeIfComputed(_ node: ONNXNode, _ position: Int) -> TensorShape? {
    guard let name = node.input(position), case .computed(let value) = values[name] else { return nil }
    return shapes[value]
  }

  /// The shape of whatever is at an input.
  mutating func shape(_ node: ONNXNode, _ position: Int) throws -> TensorShape {
    if let numbers = sampleNumbers(node, position) { return numbers.shape }
    if let name = node.input(position), case .shaped(let shape) = values[name] { return shape }
    if let tensor = try constantIfKnown(node, position) { return .constant(tensor.extents) }
    let value = try operand(node, position)
    return shapes[value]!
  }

  /// Says what a value of the file is from now on.
  mutating func set(_ tensor: FoldedTensor, for output: String) {
    values[output] = .constant(tensor)
  }

  /// Another name of a value.
  mutating func alias(_ node: ONNXNode) throws {
    guard let input = node.input(0) else { throw node.problem("leaves out its input") }
    guard let value = values[input] else {
      throw refused[input] ?? GraphError.unknownInput(node: node.name, value: input)
    }
    values[node.output] = value
  }

  /// Adds an operation on the first inputs, under the node's name.
  mutating func add(_ node: ONNXNode, _ operation: Operation, inputs count: Int = 1) throws {
    try add(node, operation, on: (0..<count).map { try operand(node, $0) }, writing: node.output)
  }

  /// Adds an operation; one that is part of a node has the node's name and `suffix`.
  mutating func add(
    _ node: ONNXNode, _ operation: Operation, on inputs: [String], writing output: String, suffix: String = ""
  ) throws {
    let name = suffix.isEmpty ? node.name : unusedNodeName(node.name + suffix)
    let added = Node(name: name, operation: operation, inputs: inputs, output: output)
    guard shapes[output] == nil else { throw GraphError.repeatedValue(node: node.name, value: output) }
    rooms.append(try budget.room(for: inputs.count, of: String.self))
    if case .select(let selection) = operation {
      rooms.append(try budget.room(for: selection.indices.count, of: Int.self))
    }
    let shape = try added.shape(from: shapes)
    shapes[output] = shape
    if let result = try folded(added, shape) {
      graph.constants[output] = Constant(extents: result.extents, values: result.floats!)
      rooms.append(result.room)
      values[output] = .constant(result)
      return
    }
    producers[output] = graph.nodes.count
    graph.nodes.append(added)
    values[output] = .computed(output)
  }

  /// The result of an operation on constants alone, such as of weights that are normalized in the file.
  private mutating func folded(_ node: Node, _ shape: TensorShape) throws -> FoldedTensor? {
    let operands = node.inputs.compactMap { graph.constants[$0] }
    guard operands.count == node.inputs.count, !shape.isPerSample else { return nil }
    // The operands are there already, and are counted once more as long as this takes.
    let tensors = try operands.map { try FoldedTensor(extents: $0.extents, floats: $0.values, in: budget) }
    return try FoldedTensor.result(
      of: node.operation, on: tensors, extents: shape.dimensions.map(\.factor))
  }

  /// Adds an operation whose result only the same node reads; gives the result's name.
  mutating func addPart(
    _ node: ONNXNode, _ operation: Operation, on inputs: [String], suffix: String
  ) throws -> String {
    let output = unusedValueName("\(node.output).\(suffix)")
    try add(node, operation, on: inputs, writing: output, suffix: ".\(suffix)")
    return output
  }
}
