import Networks

extension ONNXOperator {
  /// Operators that are read as several operations; the formulas are those of ONNX's operator reference.
  static let compositions: [String: ONNXOperator] = [
    // alpha * elu(x / alpha), which is x where positive.
    "Celu": ONNXOperator(1...1, ["alpha"]) { reader, node in
      let alpha = try node.float("alpha", default: 1)
      guard alpha != 0 else { throw node.problem("has alpha 0, by which it divides") }
      let divided = try reader.addPart(
        node, .arithmetic(.divide), on: [reader.operand(node, 0), reader.number(node, "alpha", alpha)],
        suffix: "divided")
      let elu = try reader.addPart(node, .activation(.elu(scale: 1)), on: [divided], suffix: "elu")
      try reader.add(
        node, .arithmetic(.multiply), on: [elu, reader.number(node, "alpha", alpha)], writing: node.output)
    },
    // gamma * elu(x) with the factor alpha.
    "Selu": ONNXOperator(1...1, ["alpha", "gamma"]) { reader, node in
      let alpha = try node.float("alpha", default: 1.673_263_2)
      let gamma = try node.float("gamma", default: 1.050_701)
      let elu = try reader.addPart(
        node, .activation(.elu(scale: alpha)), on: [reader.operand(node, 0)], suffix: "elu")
      try reader.add(
        node, .arithmetic(.multiply), on: [elu, reader.number(node, "gamma", gamma)], writing: node.output)
    },
    // x * tanh(softplus(x)).
    "Mish": ONNXOperator(1...1) { reader, node in
      let value = try reader.operand(node, 0)
      let softplus = try reader.addPart(node, .activation(.softplus), on: [value], suffix: "softplus")
      let tanh = try reader.addPart(node, .activation(.tanh), on: [softplus], suffix: "tanh")
      try reader.add(node, .arithmetic(.multiply), on: [value, tanh], writing: node.output)
    },
    // x / (1 + |x|).
    "Softsign": ONNXOperator(1...1) { reader, node in
      let value = try reader.operand(node, 0)
      let absolute = try reader.addPart(node, .activation(.absolute), on: [value], suffix: "absolute")
      let divisor = try reader.addPart(
        node, .add, on: [absolute, reader.number(node, "one", 1)], suffix: "divisor")
      try reader.add(node, .arithmetic(.divide), on: [value, divisor], writing: node.output)
    },
    "Mean": ONNXOperator(1...(.max)) { reader, node in
      guard node.inputs.count > 1 else { return try reader.alias(node) }
      let sum = try reader.combined(node, .add, count: node.inputs.count)
      try reader.add(
        node, .arithmetic(.divide), on: [sum, reader.number(node, "count", Float(node.inputs.count))],
        writing: node.output)
    },
    // x / sqrt(mean(x^2) + epsilon) * scale (Zhang, Sennrich, arXiv:1910.07467, equation 4).
    "RMSNormalization": ONNXOperator(2...2, ["axis", "epsilon", "stash_type"]) { reader, node in
      let (value, rank) = (try reader.operand(node, 0), try reader.shape(node, 0).rank)
      let axis = try node.axis(node.integer("axis", default: -1), rank: rank)
      let squares = try reader.addPart(node, .arithmetic(.multiply), on: [value, value], suffix: "squares")
      let mean = try reader.addPart(
        node, .reduce(Reduction(.mean, axes: Array(axis..<rank), keepsAxes: true)), on: [squares],
        suffix: "mean")
      let epsilon = try reader.number(node, "epsilon", node.float("epsilon", default: 1e-5))
      let shifted = try reader.addPart(node, .add, on: [mean, epsilon], suffix: "shifted")
      let root = try reader.addPart(node, .activation(.squareRoot), on: [shifted], suffix: "root")
      let normalized = try reader.addPart(
        node, .arithmetic(.divide), on: [value, root], suffix: "normalized")
      try reader.add(
        node, .arithmetic(.multiply), on: [normalized, reader.operand(node, 1)], writing: node.output)
    },
    "ReduceL1": sums { try $0.addPart($1, .activation(.absolute), on: [$2], suffix: "absolute") },
    "ReduceL2": sums(then: .squareRoot) {
      try $0.addPart($1, .arithmetic(.multiply), on: [$2, $2], suffix: "squares")
    },
    "ReduceSumSquare": sums {
      try $0.addPart($1, .arithmetic(.multiply), on: [$2, $2], suffix: "squares")
    },
    "ReduceLogSum": sums(then: .logarithm) { _, _, value in value },
    // The largest is taken out first, so that no exponential overflows.
    "ReduceLogSumExp": ONNXOperator(1...2, reductionAttributes) { reader, node in
      let value = try reader.operand(node, 0)
      guard var reduction = try reader.reduction(node, .maximum) else { return try reader.alias(node) }
      let result = reduction.keepsAxes
      let shape = try reader.shape(node, 0)
      reduction.keepsAxes = true
      let largest = try reader.addPart(node, .reduce(reduction), on: [value], suffix: "largest")
      let centred = try reader.addPart(
        node, .arithmetic(.subtract), on: [value, largest], suffix: "centred")
      let powers = try reader.addPart(node, .activation(.exponential), on: [centred], suffix: "powers")
      reduction.kind = .sum
      let sum = try reader.addPart(node, .reduce(reduction), on: [powers], suffix: "sum")
      let logarithm = try reader.addPart(node, .activation(.logarithm), on: [sum], suffix: "logarithm")
      guard !result else {
        return try reader.add(node, .add, on: [logarithm, largest], writing: node.output)
      }
      let kept = try reader.addPart(node, .add, on: [logarithm, largest], suffix: "kept")
      let dimensions = shape.dimensions.enumerated().filter { !reduction.axes.contains($0.offset) }
      try reader.add(
        node, .reshape(to: TensorShape(dimensions.map(\.element))), on: [kept], writing: node.output)
    },
  ]

  private static let reductionAttributes: Set<String> = ["axes", "keepdims", "noop_with_empty_axes"]

  /// A sum of what `terms` makes of the input, and perhaps a function of the sum.
  private static func sums(
    then function: Activation? = nil,
    of terms: @escaping @Sendable (inout ONNXReader, ONNXNode, String) throws -> String
  ) -> ONNXOperator {
    ONNXOperator(1...2, reductionAttributes) { reader, node in
      guard let reduction = try reader.reduction(node, .sum) else {
        throw node.problem("reduces no axis (noop_with_empty_axes); supported are one axis or more")
      }
      let value = try terms(&reader, node, reader.operand(node, 0))
      guard let function else {
        return try reader.add(node, .reduce(reduction), on: [value], writing: node.output)
      }
      let sum = try reader.addPart(node, .reduce(reduction), on: [value], suffix: "sum")
      try reader.add(node, .activation(function), on: [sum], writing: node.output)
    }
  }
}

extension ONNXReader {
  /// A number that a node needs beside its inputs, as a value of the graph.
  mutating func number(_ node: ONNXNode, _ what: String, _ value: Float) throws -> String {
    embed(
      try FoldedTensor(extents: [], floats: [value], in: budget),
      as: unusedValueName("\(node.output).\(what)"))
  }
}
