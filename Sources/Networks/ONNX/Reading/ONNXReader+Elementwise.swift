import Foundation
import Networks

extension ONNXOperator {
  static let activations: [String: ONNXOperator] = [
    "Relu": ONNXOperator(1...1) { try $0.add($1, .relu) },
    "Clip": ONNXOperator(1...3, ["min", "max"], fold: foldClip) { try $0.appendClip($1) },
    "LeakyRelu": ONNXOperator(1...1, ["alpha"]) {
      try $0.add($1, .activation(.leakyRelu(slope: $1.float("alpha", default: 0.01))))
    },
    "PRelu": ONNXOperator(2...2) { try $0.add($1, .parametricRelu, inputs: 2) },
    "Elu": ONNXOperator(1...1, ["alpha"]) {
      try $0.add($1, .activation(.elu(scale: $1.float("alpha", default: 1))))
    },
    "HardSigmoid": ONNXOperator(1...1, ["alpha", "beta"]) {
      try $0.add(
        $1,
        .activation(
          .hardSigmoid(slope: $1.float("alpha", default: 0.2), offset: $1.float("beta", default: 0.5))))
    },
    "HardSwish": ONNXOperator(1...1) { try $0.add($1, .activation(.hardSwish)) },
    "Swish": ONNXOperator(1...1, ["alpha"]) {
      try $0.add($1, .activation(.swish(scale: $1.float("alpha", default: 1))))
    },
    "Gelu": ONNXOperator(1...1, ["approximate"]) { reader, node in
      let approximation = try node.text("approximate") ?? "none"
      guard ["none", "tanh"].contains(approximation) else {
        throw node.problem("has approximate \(approximation); supported are none and tanh")
      }
      try reader.add(node, .activation(.gelu(isApproximate: approximation == "tanh")))
    },
    "Sigmoid": plain(.sigmoid) { 1 / (1 + exp(-$0)) },
    "Tanh": plain(.tanh, tanh),
    "Erf": plain(.erf, erf),
    "Softplus": plain(.softplus) { log1p(exp(-abs($0))) + max($0, 0) },
    "Exp": plain(.exponential, exp),
    "Log": plain(.logarithm, log),
    "Sqrt": plain(.squareRoot) { $0.squareRoot() },
    "Reciprocal": plain(.reciprocal) { 1 / $0 },
    "Neg": plain(.negate, integers: \.negated) { -$0 },
    "Abs": plain(.absolute, integers: { $0.factor < 0 ? $0.negated : $0 }, abs),
    "Floor": plain(.floor) { $0.rounded(.down) },
    "Ceil": plain(.ceil) { $0.rounded(.up) },
    "Round": plain(.round) { $0.rounded(.toNearestOrEven) },
    "Sign": plain(.sign) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
    "Sin": plain(.sine, sin),
    "Cos": plain(.cosine, cos),
    "ThresholdedRelu": ONNXOperator(1...1, ["alpha"]) {
      try $0.add($1, .activation(.thresholdedRelu(limit: $1.float("alpha", default: 1))))
    },
  ]

  private static func plain(
    _ activation: Activation, integers: (@Sendable (Dimension) -> Dimension?)? = nil,
    _ function: @escaping @Sendable (Float) -> Float
  ) -> ONNXOperator {
    ONNXOperator(
      1...1,
      fold: { _, inputs in
        try inputs[0]?.mapFloats(function) ?? integers.flatMap { try inputs[0]?.mapIntegers($0) }
      }, read: { try $0.add($1, .activation(activation)) })
  }

  static let arithmetic: [String: ONNXOperator] = [
    "Add": binary(.add, .add),
    "Sub": binary(.subtract, .arithmetic(.subtract)),
    "Mul": binary(.multiply, .arithmetic(.multiply)),
    "Div": binary(.divide, .arithmetic(.divide)),
    "Pow": binary(.power, .arithmetic(.power)),
    "Sum": many(.add, .add),
    "Min": many(.minimum, .arithmetic(.minimum)),
    "Max": many(.maximum, .arithmetic(.maximum)),
  ]

  private static func binary(_ folded: FoldedTensor.Binary, _ operation: Operation) -> ONNXOperator {
    ONNXOperator(
      2...2, fold: { _, inputs in try inputs[0]!.applying(folded, inputs[1]!) },
      read: {
        try $0.appendBinary($1, operation)
      })
  }

  private static func many(_ folded: FoldedTensor.Binary, _ operation: Operation) -> ONNXOperator {
    ONNXOperator(
      1...(.max),
      fold: { _, inputs in
        try inputs.dropFirst().reduce(inputs[0]) { sum, next in
          try next.flatMap { try sum?.applying(folded, $0) }
        }
      },
      read: { reader, node in
        guard node.inputs.count > 1 else { return try reader.alias(node) }
        let sum = try reader.combined(node, operation, count: node.inputs.count - 1)
        try reader.add(
          node, operation, on: [sum, reader.operand(node, node.inputs.count - 1)], writing: node.output)
      })
  }

  private static let foldClip: Folding = { node, inputs in
    guard let tensor = inputs[0] else { return nil }
    let lowest = try node.floatIfThere("min") ?? inputs.element(1)?.floats?.first ?? -.infinity
    let highest = try node.floatIfThere("max") ?? inputs.element(2)?.floats?.first ?? .infinity
    guard lowest <= highest, var clipped = try tensor.mapFloats({ min(max($0, lowest), highest) }) else {
      return nil
    }
    if let quantizedRange = tensor.type.quantizedRange {
      clipped.givenWidth = QuantizedRange.width(of: quantizedRange.clamped(to: lowest...highest))
    }
    return clipped
  }
}

extension ONNXNode {
  fileprivate func floatIfThere(_ key: String) throws -> Float? {
    has(key) ? try float(key, default: 0) : nil
  }
}

extension Array {
  /// The element of a list of optional inputs; nil when the list ends before it.
  func element<Wrapped>(_ position: Int) -> Wrapped? where Element == Wrapped? {
    indices.contains(position) ? self[position] : nil
  }
}

extension ONNXReader {
  /// The first inputs combined, one after the other.
  mutating func combined(_ node: ONNXNode, _ operation: Operation, count: Int) throws -> String {
    var value = try operand(node, 0)
    for position in 1..<max(count, 1) {
      value = try addPart(node, operation, on: [value, operand(node, position)], suffix: "\(position)")
    }
    return value
  }

  /// Sums and products with one constant for each channel of a layer become part of the layer.
  fileprivate mutating func appendBinary(_ node: ONNXNode, _ operation: Operation) throws {
    for (computed, other) in [(0, 1), (1, 0)] {
      guard let index = layerReadOnlyHere(node, computed), let constant = try constantIfKnown(node, other),
        let numbers = channelNumbers(constant, ofLayer: index),
        let change = change(operation, by: numbers, isReversed: computed == 1)
      else { continue }
      return try fold(change, of: node, intoLayer: index)
    }
    try add(node, operation, inputs: 2)
  }

  private func change(_ operation: Operation, by numbers: [Float], isReversed: Bool) -> ChannelChange? {
    switch operation {
    case .add: .shifting(by: numbers)
    case .arithmetic(.subtract) where !isReversed: .shifting(by: numbers.map { -$0 })
    case .arithmetic(.multiply): .scaling(by: numbers)
    case .arithmetic(.divide) where !isReversed && numbers.allSatisfy({ $0 != 0 }):
      .scaling(by: numbers.map { 1 / $0 })
    default: nil
    }
  }

  fileprivate mutating func appendClip(_ node: ONNXNode) throws {
    var limits = (lowest: -Float.greatestFiniteMagnitude, highest: Float.greatestFiniteMagnitude)
    if opset < 11 {
      limits.lowest = try node.float("min", default: limits.lowest)
      limits.highest = try node.float("max", default: limits.highest)
    } else {
      try node.check(attributes: [])
      if node.input(1) != nil { limits.lowest = try scalar(node, 1, "lower limit") }
      if node.input(2) != nil { limits.highest = try scalar(node, 2, "upper limit") }
    }
    if let name = node.input(0), case .quantized(let activation) = values[name] {
      values[node.output] = .quantized(try activation.clipped(to: limits, node))
      return
    }
    try add(node, .clip(lowest: limits.lowest, highest: limits.highest))
  }
}
