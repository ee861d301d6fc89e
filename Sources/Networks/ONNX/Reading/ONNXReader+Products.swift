import Foundation
import Networks

extension ONNXOperator {
  static let products: [String: ONNXOperator] = [
    "Conv": ONNXOperator(2...3, ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]) {
      try $0.appendConvolution($1)
    },
    "ConvTranspose": ONNXOperator(
      2...3,
      ["auto_pad", "dilations", "group", "kernel_shape", "output_padding", "output_shape", "pads", "strides"]
    ) { try $0.appendTransposedConvolution($1) },
    "Gemm": ONNXOperator(2...3, ["alpha", "beta", "transA", "transB"]) { try $0.appendGemm($1) },
    "MatMul": ONNXOperator(2...2) { try $0.appendMatrixProduct($1) },
    "Einsum": ONNXOperator(1...2, ["equation"]) { try $0.appendEinsum($1) },
  ]
}

extension ONNXReader {
  fileprivate mutating func appendConvolution(_ node: ONNXNode) throws {
    let weight = try floats(node, 1, "weights")
    let extents = weight.extents
    guard (3...4).contains(extents.count) else {
      throw node.problem(
        "has weights with \(extents.count) dimension\(extents.count == 1 ? "" : "s"); 3 and 4 are supported, those of layers "
          + "along three axes are not yet")
    }
    let convolution = try Convolution(
      outputChannels: extents[0], window: window(node, kernel: Array(extents[2...])),
      groups: node.integer("group", default: 1))
    try add(node, .convolution(convolution))
    // add() proved that the input is a map and that the groups divide its channels.
    let channels =
      shapes[graph.nodes[graph.nodes.count - 1].inputs[0]]!.dimensions[1].factor / convolution.groups
    guard extents[1] == channels else {
      throw node.problem("has weights for \(extents[1]) channels per group; its input has \(channels)")
    }
    try setWeights(of: node, to: weight, bias: bias(node, outputs: convolution.outputChannels))
  }

  /// The window of a convolution or a pooling, whose kernel the weights may give.
  mutating func window(_ node: ONNXNode, kernel: [Int]?) throws -> Window {
    let shape = try shape(node, 0)
    guard shape.rank >= 3 else {
      throw node.problem("reads \(shape); a map with height and width is expected")
    }
    let axes = shape.rank - 2
    let stated = try node.integers("kernel_shape")
    guard let kernel = kernel ?? stated else { throw node.problem("has no kernel_shape") }
    if let stated, stated != kernel {
      throw node.problem(
        "has weights for a kernel of \(kernel), which does not agree with kernel_shape \(stated)")
    }
    guard kernel.count == axes else {
      throw node.problem("has a kernel of \(kernel); its input has \(axes) spatial axes")
    }
    var window = Window(
      kernel: kernel, stride: try node.list("strides", count: axes, default: 1),
      padding: .init(before: [], after: []), dilation: try node.list("dilations", count: axes, default: 1))
    window.padding = try padding(node, for: window, over: shape)
    return window
  }

  private func padding(_ node: ONNXNode, for window: Window, over shape: TensorShape) throws -> Window.Padding
  {
    let axes = window.kernel.count
    let mode = try node.text("auto_pad") ?? "NOTSET"
    switch mode {
    case "NOTSET", "":
      let pads = try node.list("pads", count: 2 * axes, default: 0)
      return Window.Padding(before: Array(pads[..<axes]), after: Array(pads[axes...]))
    case "VALID":
      let none = [Int](repeating: 0, count: axes)
      return Window.Padding(before: none, after: none)
    case "SAME_UPPER", "SAME_LOWER":
      var padding = Window.Padding(before: [], after: [])
      for axis in 0..<axes {
        let (extent, stride) = (shape.dimensions[2 + axis].factor, window.stride[axis])
        let numbers = [window.kernel[axis], stride, window.dilation[axis], extent]
        guard numbers.allSatisfy(Graph.isLegalExtent) else {
          throw node.problem(
            "has auto_pad \(mode) with a kernel, stride or dilation out of range: \(numbers)")
        }
        // As many positions as the stride leaves of the input, ceil(extent / stride).
        let reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1
        let total = max(0, ((extent - 1) / stride) * stride + reach - extent)
        let less = total / 2
        padding.before.append(mode == "SAME_UPPER" ? less : total - less)
        padding.after.append(mode == "SAME_UPPER" ? total - less : less)
      }
      return padding
    default:
      throw node.problem("has auto_pad \(mode); supported are NOTSET, VALID, SAME_UPPER and SAME_LOWER")
    }
  }

  private mutating func bias(_ node: ONNXNode, outputs: Int) throws -> FoldedTensor {
    guard node.input(2) != nil else { return try repeated(0, outputs) }
    let bias = try floats(node, 2, "bias")
    guard bias.extents.drop(while: { $0 == 1 && outputs != 1 }) == [outputs] else {
      throw node.problem("has a bias of dimensions \(bias.extents); [\(outputs)] is supported")
    }
    return bias
  }

  private func repeated(_ number: Float, _ count: Int) throws -> FoldedTensor {
    try FoldedTensor(extents: [count], floats: [Float](repeating: number, count: count), in: budget)
  }

  /// The bias of a Gemm, which may be one number for all outputs.
  private mutating func broadcastBias(_ node: ONNXNode, outputs: Int) throws -> FoldedTensor {
    if node.input(2) != nil, let number = try floats(node, 2, "bias").floats, number.count == 1 {
      return try repeated(number[0], outputs)
    }
    return try bias(node, outputs: outputs)
  }

  /// Makes the last node of the graph, which is `node`, a layer.
  mutating func setWeights(of node: ONNXNode, to weight: FoldedTensor, bias: FoldedTensor) throws {
    graph.weights[node.name] = LayerWeights(weight: weight.floats!, bias: bias.floats!)
    rooms += [weight.room, bias.room]
    if let source = weight.source { layersOfTensor[source, default: []].append(node.name) }
    let given = GivenWidths(
      weight: weight.givenWidth, activation: givenWidth(of: graph.nodes[graph.nodes.count - 1].inputs[0]))
    if given != GivenWidths() { graph.givenWidths[node.name] = given }
  }

  fileprivate mutating func appendTransposedConvolution(_ node: ONNXNode) throws {
    let weight = try floats(node, 1, "weights")
    let groups = try node.integer("group", default: 1)
    guard (3...4).contains(weight.extents.count), Graph.isLegalExtent(groups),
      weight.extents[1] <= Graph.largestExtent, weight.extents[0].isMultiple(of: groups)
    else {
      throw node.problem(
        "has weights of \(weight.extents) in \(groups) groups; 3 or 4 dimensions are supported, and groups that divide "
          + "the first")
    }
    var window = try window(node, kernel: Array(weight.extents[2...]))
    if let padding = try transposedPadding(node, for: window) { window.padding = padding }
    let transposed = TransposedConvolution(
      convolution: Convolution(outputChannels: weight.extents[1] * groups, window: window, groups: groups),
      outputPadding: try node.list("output_padding", count: window.kernel.count, default: 0))
    try add(node, .transposedConvolution(transposed))
    let channels = shapes[graph.nodes[graph.nodes.count - 1].inputs[0]]!.dimensions[1].factor
    guard weight.extents[0] == channels else {
      throw node.problem("has weights for \(weight.extents[0]) input channels; its input has \(channels)")
    }
    let bias = try bias(node, outputs: transposed.convolution.outputChannels)
    try setWeights(of: node, to: weight.exchangingChannels(groups: groups), bias: bias)
  }

  /// What is cut off a transposed convolution so that its result has the extents that the node states, or those of its input
  /// times the strides; nil where the node states pads.
  private mutating func transposedPadding(_ node: ONNXNode, for window: Window) throws -> Window.Padding? {
    let mode = try node.text("auto_pad") ?? "NOTSET"
    let input = try shape(node, 0).dimensions.dropFirst(2).map(\.factor)
    let stated = node.has("output_shape")
    guard stated || mode.hasPrefix("SAME") else { return nil }
    let (added, outputs) = (
      try node.list("output_padding", count: input.count, default: 0),
      stated
        ? try node.list("output_shape", count: input.count, default: 0)
        : zip(input, window.stride).map { extent, stride in
          let (output, overflow) = extent.multipliedReportingOverflow(by: stride)
          // No extent is 0, which is refused below.
          return overflow ? 0 : output
        }
    )
    var padding = Window.Padding(before: [], after: [])
    for axis in input.indices {
      let numbers = [window.kernel[axis], window.stride[axis], window.dilation[axis], outputs[axis]]
      guard numbers.allSatisfy(Graph.isLegalExtent), (0...Graph.largestExtent).contains(added[axis]) else {
        throw node.problem("has a kernel, stride, dilation, output_padding or output_shape out of range")
      }
      let reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1
      let whole = window.stride[axis] * (input[axis] - 1) + added[axis] + reach
      guard whole >= outputs[axis] else {
        throw node.problem("has an output of \(outputs); its kernel and strides reach \(whole) of an axis")
      }
      let less = (whole - outputs[axis]) / 2
      let more = whole - outputs[axis] - less
      padding.before.append(mode == "SAME_UPPER" ? less : more)
      padding.after.append(mode == "SAME_UPPER" ? more : less)
    }
    return padding
  }

  fileprivate mutating func appendGemm(_ node: ONNXNode) throws {
    let (alpha, beta) = (try node.float("alpha", default: 1), try node.float("beta", default: 1))
    guard let matrix = try constantIfKnown(node, 1), shapeIfComputed(node, 0)?.isPerSample == true,
      try node.input(2) == nil || constantIfKnown(node, 2) != nil
    else { return try appendComputedGemm(node, alpha: alpha, beta: beta) }
    guard matrix.extents.count == 2, matrix.floats != nil else {
      throw node.problem(
        "has weights with \(matrix.extents.count) dimensions; 2 of 32-bit floating point are supported")
    }
    let isTransposed = try node.integer("transB", default: 0) != 0
    var weight = isTransposed ? matrix : try matrix.transposed([1, 0])
    var value = try operand(node, 0)
    if try node.integer("transA", default: 0) != 0 {
      value = try addPart(node, .transpose([1, 0]), on: [value], suffix: "transA")
    }
    try appendFullyConnected(node, weight.extents, on: value)
    var bias = try broadcastBias(node, outputs: weight.extents[0])
    if alpha != 1 { weight = try weight.scaled(by: alpha) }
    if beta != 1 { bias = try bias.scaled(by: beta) }
    try setWeights(of: node, to: weight, bias: bias)
  }

  /// Adds a layer with weights of outputs x inputs.
  private mutating func appendFullyConnected(_ node: ONNXNode, _ extents: [Int], on value: String) throws {
    try add(node, .fullyConnected(outputs: extents[0]), on: [value], writing: node.output)
    let shape = shapes[value]!
    let length = shape.dimensions[shape.rank - 1].factor
    guard extents[1] == length else {
      throw node.problem("has weights for \(extents[1]) inputs; its input has \(length)")
    }
  }

  /// alpha * A * B + beta * C with parts that the network computes.
  private mutating func appendComputedGemm(_ node: ONNXNode, alpha: Float, beta: Float) throws {
    var operands = try [operand(node, 0), operand(node, 1)]
    for (position, key) in ["transA", "transB"].enumerated() where try node.integer(key, default: 0) != 0 {
      operands[position] = try addPart(node, .transpose([1, 0]), on: [operands[position]], suffix: key)
    }
    let isSum = node.input(2) != nil
    guard isSum || alpha != 1 else {
      return try add(node, .matrixProduct, on: operands, writing: node.output)
    }
    var product = try addPart(node, .matrixProduct, on: operands, suffix: "product")
    if alpha != 1 {
      let factors = [product, try number(node, "alpha", alpha)]
      guard isSum else {
        return try add(node, .arithmetic(.multiply), on: factors, writing: node.output)
      }
      product = try addPart(node, .arithmetic(.multiply), on: factors, suffix: "scaled")
    }
    var summand = try operand(node, 2)
    if beta != 1 {
      summand = try addPart(
        node, .arithmetic(.multiply), on: [summand, try number(node, "beta", beta)], suffix: "summand")
    }
    try add(node, .add, on: [product, summand], writing: node.output)
  }

  fileprivate mutating func appendMatrixProduct(_ node: ONNXNode) throws {
    guard let matrix = try constantIfKnown(node, 1), matrix.extents.count == 2, matrix.floats != nil,
      let shape = shapeIfComputed(node, 0), shape.isPerSample, shape.rank >= 2
    else { return try add(node, .matrixProduct, inputs: 2) }
    let weight = try matrix.transposed([1, 0])
    try appendFullyConnected(node, weight.extents, on: operand(node, 0))
    let outputs = weight.extents[0]
    try setWeights(of: node, to: weight, bias: repeated(0, outputs))
  }

  /// Products of two operands that are matrix products of permuted axes.
  fileprivate mutating func appendEinsum(_ node: ONNXNode) throws {
    let equation = (try node.text("equation") ?? "").filter { !$0.isWhitespace }
    let sides = equation.components(separatedBy: "->")
    let terms = sides[0].split(separator: ",").map(Array.init)
    guard sides.count == 2, terms.count == 2, node.inputs.count == 2,
      (terms + [Array(sides[1])]).allSatisfy({ $0.allSatisfy(\.isLetter) && Set($0).count == $0.count })
    else { throw unsupported(node, equation) }
    let (left, right, result) = (terms[0], terms[1], Array(sides[1]))
    let batch = result.filter { left.contains($0) && right.contains($0) }
    let inner = left.filter { right.contains($0) && !result.contains($0) }
    let rows = left.filter { !right.contains($0) }
    let columns = right.filter { !left.contains($0) }
    guard inner.count == 1, rows.count == 1, columns.count == 1,
      Set(batch + rows + columns) == Set(result)
    else { throw unsupported(node, equation) }
    let order = batch + rows + columns
    func positions(_ letters: [Character], in term: [Character]) -> [Int] {
      letters.map { term.firstIndex(of: $0)! }
    }
    let operands = try [
      permuted(node, 0, positions(batch + rows + inner, in: left)),
      permuted(node, 1, positions(batch + inner + columns, in: right)),
    ]
    guard order != result else { return try add(node, .matrixProduct, on: operands, writing: node.output) }
    let product = try addPart(node, .matrixProduct, on: operands, suffix: "product")
    try add(node, .transpose(positions(result, in: order)), on: [product], writing: node.output)
  }

  private mutating func permuted(_ node: ONNXNode, _ position: Int, _ order: [Int]) throws -> String {
    let value = try operand(node, position)
    guard order != Array(order.indices) else { return value }
    return try addPart(node, .transpose(order), on: [value], suffix: "operand\(position)")
  }

  private func unsupported(_ node: ONNXNode, _ equation: String) -> ONNXError.Problem {
    node.problem(
      "has the equation \"\(equation)\"; supported are those of matrix products, such as bhid,bhjd->bhij")
  }
}
