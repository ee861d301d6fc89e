import Networks

extension ONNXReader {
  /// Pads stated by attributes or inputs, for all axes or for some.
  mutating func appendPad(_ node: ONNXNode) throws {
    let shape = try shape(node, 0)
    var pads = try node.integers("pads") ?? fixedIntegers(node, 1, "list of pads")
    if node.input(3) != nil {
      let axes = try fixedIntegers(node, 3, "list of axes").map { try node.axis($0, rank: shape.rank) }
      guard pads.count == 2 * axes.count else {
        throw node.problem("has \(pads.count) pads for \(axes.count) axes")
      }
      var all = [Int](repeating: 0, count: 2 * shape.rank)
      for (position, axis) in axes.enumerated() {
        all[axis] = pads[position]
        all[shape.rank + axis] = pads[axes.count + position]
      }
      pads = all
    }
    guard pads.count == 2 * shape.rank else {
      throw node.problem("has \(pads.count) pads; its input has \(shape.rank) axes")
    }
    if pads.allSatisfy({ $0 == 0 }) { return try alias(node) }
    let mode = try node.text("mode") ?? "constant"
    let content: Padding.Content
    switch mode {
    case "constant":
      let value = try node.input(2) == nil ? node.float("value", default: 0) : scalar(node, 2, "value")
      content = .constant(value)
    case "reflect": content = .reflection
    case "edge": content = .edge
    default: throw node.problem("has mode \(mode); supported are constant, reflect and edge")
    }
    try appendPad(
      node, Padding(before: Array(pads[..<shape.rank]), after: Array(pads[shape.rank...]), content: content))
  }

  /// Negative pads cut off; that comes first.
  private mutating func appendPad(_ node: ONNXNode, _ padding: Padding) throws {
    let shape = try shape(node, 0)
    var value = try operand(node, 0)
    var cuts: [Slice] = []
    for (axis, dimension) in shape.dimensions.enumerated() {
      let (before, after) = (min(padding.before[axis], 0), min(padding.after[axis], 0))
      guard before < 0 || after < 0 else { continue }
      let largest = Graph.largestExtent
      guard let extent = dimension.fixed, before >= -largest, after >= -largest else {
        throw node.problem("cuts off \(before) and \(after) of an axis of \(dimension)")
      }
      cuts.append(Slice(axis: axis, start: -before, end: extent + after))
    }
    let added = Padding(
      before: padding.before.map { max($0, 0) }, after: padding.after.map { max($0, 0) },
      content: padding.content)
    let isOnlyCut = (added.before + added.after).allSatisfy { $0 == 0 }
    let last = isOnlyCut ? cuts.popLast() : nil
    for cut in cuts { value = try addPart(node, .slice(cut), on: [value], suffix: "axis\(cut.axis)") }
    try add(node, last.map { .slice($0) } ?? .pad(added), on: [value], writing: node.output)
  }
}
