import Networks

extension ONNXOperator {
  /// What exporters write to compute shapes.
  static let shapeArithmetic: [String: ONNXOperator] = [
    "Shape": ONNXOperator(1...1, ["end", "start"]) { try $0.foldShape($1) },
    "Size": ONNXOperator(1...1) { reader, node in
      let shape = try reader.shape(node, 0)
      let size = shape.isPerSample ? Dimension.perSample(shape.count) : Dimension(shape.count)
      reader.set(
        try FoldedTensor(extents: [], integers: [size], in: reader.budget), for: node.output)
    },
    "Range": ONNXOperator(3...3, fold: foldRange),
    "ConstantOfShape": ONNXOperator(1...1, ["value"]) { try $0.appendConstantOfShape($1) },
    "Expand": ONNXOperator(2...2, fold: foldExpand) { try $0.appendExpand($1) },
    "Where": ONNXOperator(3...3, fold: foldWhere) { try $0.appendWhere($1) },
    "IsNaN": ONNXOperator(1...1) { try $0.appendIsNaN($1) },
    "Mod": ONNXOperator(
      2...2, ["fmod"],
      fold: { node, inputs in
        let fmod = try node.integer("fmod", default: 0) != 0
        return try inputs[0]!.applying(.remainder(fmod: fmod), inputs[1]!)
      }),
    "ScatterND": ONNXOperator(3...3, ["reduction"], fold: foldScatter),
  ]

  static let comparisons: [String: ONNXOperator] = [
    "Equal": comparison(.equal), "Less": comparison(.less), "Greater": comparison(.greater),
    "LessOrEqual": comparison(.lessOrEqual), "GreaterOrEqual": comparison(.greaterOrEqual),
    "And": comparison(.and), "Or": comparison(.or),
    "Not": ONNXOperator(
      1...1, fold: { _, inputs in try inputs[0]!.mapIntegers { Dimension($0.factor == 0 ? 1 : 0) } }),
  ]

  private static func comparison(_ operation: FoldedTensor.Binary) -> ONNXOperator {
    ONNXOperator(2...2, fold: { _, inputs in try inputs[0]!.applying(operation, inputs[1]!) })
  }

  private static let foldWhere: Folding = { _, inputs in
    try inputs[1]!.chosen(where: inputs[0]!, else: inputs[2]!)
  }

  /// Whatever is small; the running network can repeat the rest.
  private static let foldExpand: Folding = { _, inputs in
    guard let tensor = inputs[0], let target = inputs[1]?.fixedIntegers,
      let extents = FoldedTensor.broadcast(tensor.extents, target)
    else { return nil }
    let shape = TensorShape.constant(extents)
    return shape.isLegal && shape.count <= 1 << 20 ? try tensor.broadcast(to: extents) : nil
  }

  private static let foldRange: Folding = { node, inputs in
    let floats = inputs.compactMap { $0?.floats }
    if floats.count == 3, floats.allSatisfy({ $0.count == 1 }) {
      let (start, limit, step) = (floats[0][0], floats[1][0], floats[2][0])
      let count = ((Double(limit) - Double(start)) / Double(step)).rounded(.up)
      guard count <= Double(Graph.largestExtent) else {
        throw node.problem("counts from \(start) to \(limit) by \(step)")
      }
      let length = Int(max(count, 0))
      return try FoldedTensor(
        extents: [length], floats: (0..<length).map { start + Float($0) * step }, in: inputs[0]!.budget)
    }
    let numbers = inputs.compactMap { $0?.fixedIntegers }
    guard numbers.count == 3, numbers.allSatisfy({ $0.count == 1 }) else { return nil }
    let (start, limit, step) = (numbers[0][0], numbers[1][0], numbers[2][0])
    let largest = Graph.largestExtent
    guard step != 0, [start, limit, step].allSatisfy({ (-largest...largest).contains($0) }) else {
      throw node.problem("counts from \(start) to \(limit) by \(step)")
    }
    let integers = stride(from: start, to: limit, by: step).map { Dimension($0) }
    return try FoldedTensor(extents: [integers.count], integers: integers, in: inputs[0]!.budget)
  }

  /// Copies of `data` with the slices at `indices` replaced.
  private static let foldScatter: Folding = { node, inputs in
    guard try node.text("reduction") ?? "none" == "none" else {
      throw node.problem("reduces; only replacing is supported")
    }
    guard let data = inputs[0], let indices = inputs[1], let updates = inputs[2],
      let list = indices.fixedIntegers,
      data.floats != nil, let replacements = updates.floats, let depth = indices.extents.last,
      (1...data.extents.count).contains(depth)
    else { return nil }
    let length = data.extents[depth...].reduce(1, *)
    let strides = FoldedTensor.strides(of: data.extents)
    guard replacements.count == list.count / depth * length else {
      throw node.problem(
        "replaces \(list.count / depth) slices of \(length) by \(replacements.count) numbers")
    }
    func replaced(_ numbers: [Float]) throws -> [Float] {
      var numbers = numbers
      for slice in 0..<list.count / depth {
        var start = 0
        for axis in 0..<depth {
          let index = list[slice * depth + axis]
          let extent = data.extents[axis]
          guard (-extent..<extent).contains(index) else {
            throw node.problem("replaces index \(index) of an axis of \(extent)")
          }
          start += (index < 0 ? index + extent : index) * strides[axis]
        }
        numbers.replaceSubrange(
          start..<start + length, with: replacements[slice * length..<(slice + 1) * length])
      }
      return numbers
    }
    var result = try data.moved(to: data.extents, replaced) { $0 }
    (result.source, result.givenWidth) = (nil, nil)
    return result
  }
}

extension ONNXReader {
  fileprivate mutating func foldShape(_ node: ONNXNode) throws {
    let shape = try shape(node, 0)
    func position(_ key: String, default fallback: Int) throws -> Int {
      let position = try node.integer(key, default: fallback)
      return min(max(position < 0 ? position + shape.rank : position, 0), shape.rank)
    }
    let (start, end) = (try position("start", default: 0), try position("end", default: shape.rank))
    let part = Array(shape.dimensions[start..<max(start, end)])
    set(try FoldedTensor(extents: [part.count], integers: part, in: budget), for: node.output)
  }

  fileprivate mutating func appendConstantOfShape(_ node: ONNXNode) throws {
    let extents = try integers(node, 0, "shape")
    let shape = TensorShape(extents)
    guard shape.isLegal else { throw node.problem("fills a shape of \(extents), which is not supported") }
    var value = try FoldedTensor(extents: [1], floats: [0], in: budget)
    if let proto = try node.tensor("value") {
      value = try ONNXTensor(proto, in: container, name: node.output).folded(folder: nil, in: budget)
    }
    guard value.elements.count == 1 else { throw node.problem("has a value that is not one number") }
    value.source = nil
    if shape.isPerSample {
      let ones = value.reshaped(to: extents.map { _ in 1 })
      guard ones.floats != nil else {
        guard let axis = extents.firstIndex(of: .batch) else {
          throw node.problem("fills a shape of \(extents) with integers")
        }
        let start = extents.map { $0.isPerSample ? 1 : $0.factor }
        guard let filled = try ones.broadcast(to: start) else { return }
        values[node.output] = .samples(try SampleNumbers(repeating: filled, along: axis))
        return
      }
      return try add(
        node, .expand(to: shape), on: [embed(ones, as: "\(node.output).value")], writing: node.output)
    }
    let count = shape.count
    let filled = try value.moved(
      to: extents.map(\.factor), { [Float](repeating: $0[0], count: count) },
      { [Dimension](repeating: $0[0], count: count) })
    set(filled, for: node.output)
  }

  fileprivate mutating func appendExpand(_ node: ONNXNode) throws {
    let target = TensorShape(try integers(node, 1, "shape"))
    let shape = try shape(node, 0)
    guard target.isLegal else { throw node.problem("repeats \(shape) to \(target), which is not supported") }
    let result = try shape.broadcast(with: target, node: node.name)
    guard result != shape else { return try alias(node) }
    if !result.isPerSample, let tensor = try constantIfKnown(node, 0) {
      guard result.isLegal else { throw node.problem("repeats \(shape) to \(result), which is too large") }
      if let repeated = try tensor.broadcast(to: result.dimensions.map(\.factor)) {
        return set(repeated, for: node.output)
      }
    }
    try add(node, .expand(to: result))
  }
}
