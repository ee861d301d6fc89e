extension ONNXReader {
  /// Adds what `proto` computes to the graph.
  mutating func append(_ proto: ONNXNodeProto) throws {
    let node = try ONNXNode(proto, opset: opset)
    guard signals[node.output] == nil, constants[node.output] == nil, aliases[node.output] == nil else {
      throw GraphError.repeatedValue(node: node.name, value: node.output)
    }
    switch node.kind {
    case .convolution: try appendConvolution(node)
    case .relu: try append(node, .relu)
    case .clip: try appendClip(node)
    case .add: try append(node, .add, inputCount: 2)
    case .maxPool: try appendMaxPool(node)
    case .globalAveragePool: try append(node, .globalAveragePool)
    case .flatten: try appendFlatten(node)
    case .fullyConnected: try appendFullyConnected(node)
    case .batchNormalization: try fold(node)
    case .reshape: try appendReshape(node)
    case .identity: try appendIdentity(node)
    case .constant: try appendConstant(node)
    }
  }

  /// A node without attributes, whose first inputs are computed values.
  private mutating func append(_ node: ONNXNode, _ operation: Operation, inputCount: Int = 1) throws {
    try node.checkInputCount(inputCount...inputCount)
    try node.checkAttributes([])
    try add(node, operation, inputCount: inputCount)
  }

  private mutating func add(_ node: ONNXNode, _ operation: Operation, inputCount: Int = 1) throws {
    let inputs = try (0..<inputCount).map { try computedValue(node, $0) }
    let added = Node(name: node.name, operation: operation, inputs: inputs, output: node.output)
    signals[node.output] = try added.signal(from: signals)
    producers[node.output] = graph.nodes.count
    graph.nodes.append(added)
  }

  private func computedValue(_ node: ONNXNode, _ position: Int) throws -> String {
    guard let value = node.input(position).map(resolved) else {
      throw node.problem("leaves out its input \(position)")
    }
    guard constants[value] == nil else {
      throw node.problem("reads the constant \"\(value)\", where only computed values are supported")
    }
    return value
  }

  /// The constant at an input; the message tells what it was needed for.
  func constant(_ node: ONNXNode, _ position: Int, _ what: String) throws -> ONNXTensor {
    guard let value = node.input(position) else { throw node.problem("has no \(what)") }
    guard let tensor = constants[value] else {
      throw node.problem(
        "reads its \(what) from \"\(value)\", which is no initializer or constant of the file")
    }
    return tensor
  }

  private mutating func appendConvolution(_ node: ONNXNode) throws {
    try node.checkInputCount(2...3)
    try node.checkAttributes(["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"])
    let weight = try constant(node, 1, "weights")
    let dimensions = try weight.dimensions()
    guard dimensions.count == 4 else {
      throw node.problem("has weights with \(dimensions.count) dimensions; 4 are supported")
    }
    let kernel = dimensions[2]
    guard dimensions[3] == kernel,
      try node.uniform("kernel_shape", count: 2, default: kernel) == kernel
    else {
      throw node.problem(
        "has a \(dimensions[2])x\(dimensions[3]) kernel; supported are square ones that agree with kernel_shape"
      )
    }
    guard try node.uniform("dilations", count: 2, default: 1) == 1 else {
      throw node.problem("is dilated, which is not supported")
    }
    let convolution = try Convolution(
      outputChannels: dimensions[0], kernel: kernel,
      stride: node.uniform("strides", count: 2, default: 1), padding: padding(node),
      groups: node.integer("group", default: 1))
    try add(node, .convolution(convolution))

    // add() proved that the input is a map and that the groups divide its channels.
    let channels = signals[resolved(node.inputs[0])]!.shape.channels / convolution.groups
    guard dimensions[1] == channels else {
      throw node.problem("has weights for \(dimensions[1]) channels per group; its input has \(channels)")
    }
    try setWeights(of: node, to: weight, outputs: convolution.outputChannels)
  }

  private func padding(_ node: ONNXNode) throws -> Int {
    let mode = try node.text("auto_pad") ?? "NOTSET"
    guard mode == "NOTSET" else {
      throw node.problem("has auto_pad \(mode); supported is NOTSET with explicit pads")
    }
    return try node.uniform("pads", count: 4, default: 0)
  }

  private mutating func setWeights(of node: ONNXNode, to weight: ONNXTensor, outputs: Int) throws {
    let weights = try take(weight.floats())
    var bias = [Float](repeating: 0, count: outputs)
    if node.input(2) != nil {
      let tensor = try constant(node, 2, "bias")
      guard try tensor.dimensions().drop(while: { $0 == 1 && outputs != 1 }) == [outputs] else {
        throw node.problem("has a bias of dimensions \(try tensor.dimensions()); [\(outputs)] is supported")
      }
      bias = try take(tensor.floats())
    }
    graph.weights[node.name] = LayerWeights(weight: weights, bias: bias)
  }

  private mutating func appendClip(_ node: ONNXNode) throws {
    var limits = (lowest: -Float.greatestFiniteMagnitude, highest: Float.greatestFiniteMagnitude)
    if opset < 11 {
      try node.checkInputCount(1...1)
      try node.checkAttributes(["min", "max"])
      limits.lowest = try node.float("min", default: limits.lowest)
      limits.highest = try node.float("max", default: limits.highest)
    } else {
      try node.checkInputCount(1...3)
      try node.checkAttributes([])
      if node.input(1) != nil { limits.lowest = try scalar(node, 1, "lower limit") }
      if node.input(2) != nil { limits.highest = try scalar(node, 2, "upper limit") }
    }
    try add(node, .clip(lowest: limits.lowest, highest: limits.highest))
  }

  private func scalar(_ node: ONNXNode, _ position: Int, _ what: String) throws -> Float {
    let tensor = try constant(node, position, what)
    guard try tensor.dimensions().allSatisfy({ $0 == 1 }), let value = try tensor.floats().first else {
      throw node.problem("has a \(what) that is not one number")
    }
    return value
  }

  private mutating func appendMaxPool(_ node: ONNXNode) throws {
    try node.checkInputCount(1...1)
    try node.checkAttributes([
      "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides",
    ])
    try node.require("ceil_mode", 0)
    guard try node.uniform("dilations", count: 2, default: 1) == 1 else {
      throw node.problem("is dilated, which is not supported")
    }
    let kernel = try node.uniform("kernel_shape", count: 2, default: 0)
    guard kernel > 0 else { throw node.problem("has no kernel_shape of positive numbers") }
    let stride = try node.uniform("strides", count: 2, default: 1)
    try add(node, .maxPool(kernel: kernel, stride: stride, padding: padding(node)))
  }

  private mutating func appendFlatten(_ node: ONNXNode) throws {
    try node.checkInputCount(1...1)
    try node.checkAttributes(["axis"])
    try node.require("axis", 1)
    try add(node, .flatten)
  }

  private mutating func appendFullyConnected(_ node: ONNXNode) throws {
    try node.checkInputCount(2...3)
    try node.checkAttributes(["alpha", "beta", "transA", "transB"])
    try node.require("transA", 0)
    guard try node.float("alpha", default: 1) == 1, try node.float("beta", default: 1) == 1 else {
      throw node.problem("scales its operands; supported are alpha 1 and beta 1")
    }
    let matrix = try constant(node, 1, "weights")
    let dimensions = try matrix.dimensions()
    guard dimensions.count == 2 else {
      throw node.problem("has weights with \(dimensions.count) dimensions; 2 are supported")
    }
    let isTransposed = try node.integer("transB", default: 0) != 0
    let (inputs, outputs) =
      isTransposed ? (dimensions[1], dimensions[0]) : (dimensions[0], dimensions[1])
    try add(node, .fullyConnected(outputs: outputs))
    let length = signals[resolved(node.inputs[0])]!.shape.channels
    guard inputs == length else {
      throw node.problem("has weights for \(inputs) inputs; its input has \(length)")
    }
    try setWeights(of: node, to: matrix, outputs: outputs)
    if !isTransposed, let layer = graph.weights[node.name] {
      graph.weights[node.name]?.weight = (0..<outputs).flatMap { output in
        (0..<inputs).map { layer.weight[$0 * outputs + output] }
      }
    }
  }

  /// Only the reshapes that flatten each sample.
  private mutating func appendReshape(_ node: ONNXNode) throws {
    try node.checkInputCount(2...2)
    try node.checkAttributes(["allowzero"])
    try node.require("allowzero", 0)
    let shape = try constant(node, 1, "shape").integers().map(Int.init(clamping:))
    let value = try computedValue(node, 0)
    guard let signal = signals[value] else {
      throw GraphError.unknownInput(node: node.name, value: value)
    }
    let length = signal.shape.count
    let isFlat =
      switch (shape.first, shape.dropFirst()) {
      case (0, [-1]), (0, [length]), (-1, [length]): true
      case (let first?, [-1]), (let first?, [length]): first == batch
      default: false
      }
    guard isFlat else {
      throw node.problem("reshapes \(signal) to \(shape); supported is only flattening, such as [0, -1]")
    }
    try add(node, .flatten)
  }

  private mutating func appendIdentity(_ node: ONNXNode) throws {
    try node.checkInputCount(1...1)
    try node.checkAttributes([])
    guard let input = node.input(0) else { throw node.problem("leaves out its input") }
    if let constant = constants[input] {
      constants[node.output] = constant
    } else {
      let value = resolved(input)
      guard signals[value] != nil else { throw GraphError.unknownInput(node: node.name, value: value) }
      aliases[node.output] = value
    }
  }

  private mutating func appendConstant(_ node: ONNXNode) throws {
    try node.checkInputCount(0...0)
    try node.checkAttributes(["value"])
    guard let tensor = try node.tensor("value") else { throw node.problem("has no value") }
    constants[node.output] = ONNXTensor(tensor, name: node.output)
  }
}
