import Core
import Networks
import NumberFormats

extension ONNXOperator {
  /// Operators that give what they read.
  static let passThrough: [String: ONNXOperator] = [
    "Identity": ONNXOperator(1...1) { try $0.alias($1) },
    "Dropout": ONNXOperator(1...3, ["ratio", "seed", "is_test", "consumed_inputs"]) { reader, node in
      let training = try reader.constantIfKnown(node, 2)
      let dropsNothing = try node.input(1) != nil && reader.scalar(node, 1, "ratio") == 0
      guard node.input(2) == nil || training?.fixedIntegers == [0] || dropsNothing else {
        throw node.problem("drops in training mode; only networks for inference are read")
      }
      try reader.alias(node)
    },
    "Cast": ONNXOperator(1...1, ["saturate", "to"], fold: foldCast) { reader, node in
      let type = try node.elementType()
      guard type.isFloat else {
        throw node.problem(
          "makes \(type.floats8 == nil ? "integers" : "\(type)") of computed values, which is not supported")
      }
      if let floats = type.floats16 {
        reader.casts[node.output] = floats
      } else if let input = node.input(0), let floats = reader.casts[input] {
        // There and back: numbers are rounded, and go on as floats.
        return try reader.add(node, .fakeQuantize(FakeQuantization(floats, scale: 1)))
      }
      try reader.alias(node)
    },
    "Constant": ONNXOperator(
      0...0, ["value", "value_float", "value_floats", "value_int", "value_ints"]
    ) { try $0.appendConstant($1) },
  ]

  private static let foldCast: Folding = { node, inputs in
    let type = try node.elementType()
    guard type.floats8 == nil else { throw node.problem("rounds to \(type), which is not supported") }
    guard var result = try inputs[0]?.cast(to: type) else {
      throw node.problem("makes another type of numbers that depend on the batch or are out of range")
    }
    if type == .float32, result.givenWidth == nil, let floats = inputs[0]?.type.floats16 {
      result.givenWidth = BitWidth(format: .floating(floats))
    }
    return result
  }
}

extension ONNXNode {
  fileprivate func elementType() throws -> ONNXElementType {
    let number = try integer("to", default: 0)
    guard let type = ONNXElementType(rawValue: Int32(clamping: number)) else {
      throw problem(
        "makes \(ONNXElementType.title(of: Int32(clamping: number))); supported are \(ONNXElementType.names)")
    }
    return type
  }
}

extension ONNXReader {
  fileprivate mutating func appendConstant(_ node: ONNXNode) throws {
    if let proto = try node.tensor("value") {
      values[node.output] = .stored(ONNXTensor(proto, in: container, name: node.output))
      return
    }
    let tensor: FoldedTensor
    if let list = try node.floats("value_floats") {
      tensor = try FoldedTensor(extents: [list.count], floats: list, in: budget)
    } else if let list = try node.integers("value_ints") {
      tensor = try FoldedTensor(
        extents: [list.count], integers: list.map { Dimension($0) }, in: budget)
    } else if node.has("value_float") {
      tensor = try FoldedTensor(
        extents: [], floats: [node.float("value_float", default: 0)], in: budget)
    } else if node.has("value_int") {
      tensor = try FoldedTensor(
        extents: [], integers: [Dimension(node.integer("value_int", default: 0))], in: budget)
    } else {
      throw node.problem("has no value")
    }
    set(tensor, for: node.output)
  }
}
