import Core
import Networks

extension ONNXOperator {
  /// Attention as one operator, as PyTorch writes it from opset 23 on, and what it is masked with before.
  static let attention: [String: ONNXOperator] = [
    "Attention": ONNXOperator(
      3...7,
      [
        "is_causal", "kv_num_heads", "left_window_size", "q_num_heads", "qk_matmul_output_mode",
        "right_window_size", "scale", "softcap", "softmax_precision",
      ]
    ) { try $0.appendAttention($1) },
    "Trilu": ONNXOperator(1...2, ["upper"], fold: foldTriangle),
  ]

  /// The last two axes on one side of a diagonal, zeros elsewhere.
  private static let foldTriangle: Folding = { node, inputs in
    guard let tensor = inputs[0], tensor.extents.count >= 2 else { return nil }
    var diagonal = 0
    if node.input(1) != nil {
      guard let stated = inputs.element(1)?.fixedIntegers, stated.count == 1 else { return nil }
      // Beyond all axes there is nothing to tell apart.
      diagonal = min(max(stated[0], -Graph.largestExtent), Graph.largestExtent)
    }
    let isUpper = try node.integer("upper", default: 1) != 0
    let (rows, columns) = (tensor.extents[tensor.extents.count - 2], tensor.extents.last!)
    func triangle<Element>(_ list: [Element], zero: Element) -> [Element] {
      list.enumerated().map { position, element in
        let (row, column) = (position / columns % rows, position % columns)
        return (isUpper ? column >= row + diagonal : column <= row + diagonal) ? element : zero
      }
    }
    var result = try tensor.moved(
      to: tensor.extents, { triangle($0, zero: 0) }, { triangle($0, zero: Dimension(0)) })
    result.source = nil
    return result
  }
}

extension ONNXReader {
  /// softmax(scale * Q K^T + mask) V for each head: Vaswani et al., "Attention Is All You Need" (arXiv:1706.03762), equation 1.
  fileprivate mutating func appendAttention(_ node: ONNXNode) throws {
    for (position, what) in [(4, "past_key"), (5, "past_value"), (6, "nonpad_kv_seqlen")]
    where node.input(position) != nil {
      throw node.problem("has \(what), a cache of keys and values, which is not supported")
    }
    for bound in ["left_window_size", "right_window_size"] { try node.require(bound, -1) }
    let query = try heads(node, 0, "query", count: "q_num_heads")
    let queries = shapes[query]!.dimensions
    let key = try repeated(heads(node, 1, "key", count: "kv_num_heads"), of: node, "key", like: query)
    let value = try repeated(heads(node, 2, "value", count: "kv_num_heads"), of: node, "value", like: query)

    let scale = try node.float("scale", default: 1 / Float(queries[3].factor).squareRoot())
    let scaled = try addPart(
      node, .arithmetic(.multiply), on: [query, number(node, "scale", scale)], suffix: "scaled")
    let turned = try addPart(node, .transpose([0, 1, 3, 2]), on: [key], suffix: "turned")
    let scores = try addPart(node, .matrixProduct, on: [scaled, turned], suffix: "scores")
    let masked = try masked(capped(scores, of: node), of: node)
    let shares = try addPart(node, .softmax(axis: 3), on: [masked], suffix: "shares")
    guard try shape(node, 0).rank == 3 else {
      return try add(node, .matrixProduct, on: [shares, value], writing: node.output)
    }
    let result = try addPart(node, .matrixProduct, on: [shares, value], suffix: "heads")
    let extents = shapes[result]!.dimensions
    let joined = try addPart(node, .transpose([0, 2, 1, 3]), on: [result], suffix: "joined")
    let width = Dimension(extents[1].factor * extents[3].factor)
    try add(
      node, .reshape(to: TensorShape([extents[0], extents[2], width])), on: [joined], writing: node.output)
  }

  /// An input as batch x heads x length x size, where it may be batch x length x (heads x size).
  private mutating func heads(
    _ node: ONNXNode, _ position: Int, _ what: String, count key: String
  ) throws -> String {
    let (value, shape) = (try operand(node, position), try shape(node, position))
    guard let sample = shape.sample, (2...3).contains(sample.count) else {
      throw node.problem("has a \(what) of \(shape); batch, heads, length and size are expected as its axes")
    }
    guard sample.count == 2 else { return value }
    let heads = try node.integer(key, default: 0)
    guard heads > 0, sample[1].isMultiple(of: heads) else {
      throw node.problem("has \(key) \(heads); it must divide its \(what)'s \(sample[1]) numbers")
    }
    let split = TensorShape([.batch] + [sample[0], heads, sample[1] / heads].map(Dimension.init))
    let parts = try addPart(node, .reshape(to: split), on: [value], suffix: "\(what).split")
    return try addPart(node, .transpose([0, 2, 1, 3]), on: [parts], suffix: "\(what).heads")
  }

  /// As many heads as the query has; several of its heads may share one: Ainslie et al. (arXiv:2305.13245).
  private mutating func repeated(
    _ value: String, of node: ONNXNode, _ what: String, like query: String
  ) throws -> String {
    let (wanted, found) = (shapes[query]!.dimensions[1].factor, shapes[value]!.dimensions[1].factor)
    guard wanted.isMultiple(of: found), Graph.isLegalExtent(wanted) else {
      throw node.problem(
        "has \(found) heads of its \(what); its query has \(wanted); a multiple of up to \(Graph.largestExtent) is expected"
      )
    }
    guard wanted != found else { return value }
    let owners = (0..<wanted).map { $0 / (wanted / found) }
    return try addPart(
      node, .select(Selection(axis: 1, indices: owners, extents: [wanted])), on: [value],
      suffix: "\(what).repeated")
  }

  /// softcap * tanh(scores / softcap), where it is above zero.
  private mutating func capped(_ scores: String, of node: ONNXNode) throws -> String {
    let limit = try node.float("softcap", default: 0)
    guard limit > 0 else { return scores }
    let number = try number(node, "softcap", limit)
    let parts = try addPart(node, .arithmetic(.divide), on: [scores, number], suffix: "divided")
    let bent = try addPart(node, .activation(.tanh), on: [parts], suffix: "bent")
    return try addPart(node, .arithmetic(.multiply), on: [bent, number], suffix: "capped")
  }

  /// Adds the mask: numbers as they are, and minus infinity for keys that a query must not see.
  private mutating func masked(_ scores: String, of node: ONNXNode) throws -> String {
    let isCausal = try node.integer("is_causal", default: 0) != 0
    let constant = try constantIfKnown(node, 3)
    if node.input(3) != nil, constant == nil {
      let mask = try operand(node, 3)
      let masked = try adding(mask, to: scores, of: node, suffix: "masked")
      guard isCausal else { return masked }
      let before = try embedded(mask: nil, isCausal: true, of: node, for: shapes[scores]!)
      return try adding(before, to: masked, of: node, suffix: "hidden")
    }
    guard isCausal || constant != nil else { return scores }
    let mask = try embedded(mask: constant, isCausal: isCausal, of: node, for: shapes[scores]!)
    return try adding(mask, to: scores, of: node, suffix: "masked")
  }

  /// A mask has a number for each key; it may be the same for all queries, heads or samples.
  private mutating func adding(
    _ mask: String, to scores: String, of node: ONNXNode, suffix: String
  ) throws -> String {
    let (shape, wanted) = (shapes[mask]!, shapes[scores]!)
    let joined = try? shape.broadcast(with: wanted, node: node.name)
    guard joined == wanted, shape.dimensions.last == wanted.dimensions[3] else {
      throw node.problem("has a mask of \(shape) for scores of \(wanted)")
    }
    return try addPart(node, .add, on: [scores, mask], suffix: suffix)
  }

  /// A mask that is known, as numbers to add.
  ///
  /// A query that sees no key has a result of zeros in ONNX, and none by the formula, so that there may be none.
  private mutating func embedded(
    mask: FoldedTensor?, isCausal: Bool, of node: ONNXNode, for scores: TensorShape
  ) throws -> String {
    let (queries, keys) = (scores.dimensions[2].factor, scores.dimensions[3].factor)
    let given =
      try mask.map { try addends(of: $0, node) } ?? FoldedTensor(extents: [1], floats: [0], in: budget)
    let shape = TensorShape.constant(given.extents.dropLast(2) + [queries, keys])
    let unfit = node.problem("has a mask of \(given.extents) for scores of \(scores)")
    guard shape.isLegal, mask == nil || given.extents.last == keys else { throw unfit }
    guard var tensor = try given.broadcast(to: shape.dimensions.map(\.factor)) else { throw unfit }
    if isCausal {
      func hidden(_ numbers: [Float]) -> [Float] {
        numbers.enumerated().map { $0 % keys > $0 / keys % queries ? -.infinity : $1 }
      }
      tensor = try tensor.moved(to: tensor.extents, hidden) { $0 }
    }
    guard let numbers = tensor.floats else { throw unfit }
    for start in stride(from: 0, to: numbers.count, by: keys)
    where numbers[start..<start + keys].allSatisfy({ $0 == -.infinity }) {
      throw node.problem("hides all keys from query \(start / keys % queries), which is not supported")
    }
    return embed(tensor, as: "\(node.output).mask")
  }

  /// Truth values say which keys are seen; numbers are added as they are.
  private func addends(of mask: FoldedTensor, _ node: ONNXNode) throws -> FoldedTensor {
    if mask.type == .boolean, let flags = mask.fixedIntegers {
      return try FoldedTensor(
        extents: mask.extents, floats: flags.map { $0 != 0 ? 0 : -.infinity }, in: budget)
    }
    guard mask.type.isFloat, let numbers = mask.floats else {
      throw node.problem(
        "has a mask of \(mask.type); supported are floats and booleans")
    }
    return try FoldedTensor(extents: mask.extents, floats: numbers, in: budget)
  }
}
