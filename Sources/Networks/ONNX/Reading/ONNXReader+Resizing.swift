import Networks

extension ONNXOperator {
  static let resizing: [String: ONNXOperator] = [
    "Resize": ONNXOperator(
      1...4,
      [
        "antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside",
        "extrapolation_value", "keep_aspect_ratio_policy", "mode", "nearest_mode",
      ]
    ) { try $0.appendResize($1) },
    "Upsample": ONNXOperator(1...2, ["mode", "scales"]) { try $0.appendResize($1) },
  ]
}

extension ONNXReader {
  fileprivate mutating func appendResize(_ node: ONNXNode) throws {
    if let policy = try node.text("keep_aspect_ratio_policy"), policy != "stretch" {
      throw node.problem("has keep_aspect_ratio_policy \(policy); supported is stretch")
    }
    let shape = try shape(node, 0)
    guard let sample = shape.sample, (3...4).contains(shape.rank) else {
      throw node.problem("reads \(shape); a map with height and width is expected")
    }
    let input = Array(sample.dropFirst())
    // Opset 11 puts regions before the scales.
    let scalesAt = node.kind == "Resize" && opset >= 11 ? 2 : 1
    let scales: [Float]?
    let output: [Int]
    if node.input(3) != nil {
      scales = nil
      let sizes = try onAllAxes(node, integers(node, 3, "list of sizes"), others: shape.dimensions)
      guard sizes.count == shape.rank, Array(sizes[..<2]) == Array(shape.dimensions[..<2]) else {
        throw node.problem("resizes \(shape) to \(sizes); batch and channels must stay")
      }
      output = try sizes[2...].map {
        guard let extent = $0.fixed, Graph.isLegalExtent(extent) else {
          throw node.problem("resizes to \(sizes)")
        }
        return extent
      }
    } else {
      let stated = try node.floats("scales") ?? floats(node, scalesAt, "list of scales").floats!
      let all = try onAllAxes(node, stated, others: [Float](repeating: 1, count: shape.rank))
      guard all.count == shape.rank, all[0] == 1, all[1] == 1,
        all.allSatisfy({ $0 > 0 && $0 <= Float(Graph.largestExtent) })
      else { throw node.problem("has scales \(all); batch and channels must stay, others be positive") }
      output = try zip(input, all.dropFirst(2)).map { extent, scale in
        // In single precision, as runtimes do: ten times the float nearest to 0.7 is seven.
        let scaled = Float(extent) * scale
        guard scaled < Float(Graph.largestExtent) else { throw node.problem("resizes an axis to \(scaled)") }
        return Int(scaled)
      }
      let isExact = zip(zip(input, output), all.dropFirst(2)).allSatisfy { Float($0.1) == Float($0.0) * $1 }
      scales = isExact ? nil : Array(all[2...])
    }
    try add(node, .resize(resizing(node, extents: output, scales: scales)))
  }

  /// One number for each axis, where a node may state `axes` that its numbers are for.
  private func onAllAxes<Number>(_ node: ONNXNode, _ stated: [Number], others: [Number]) throws -> [Number] {
    guard let axes = try node.integers("axes") else { return stated }
    guard axes.count == stated.count else {
      throw node.problem("has axes \(axes) and numbers for \(stated.count)")
    }
    var all = others
    for (axis, number) in zip(axes, stated) { all[try node.axis(axis, rank: others.count)] = number }
    return all
  }

  private func resizing(_ node: ONNXNode, extents: [Int], scales: [Float]?) throws -> Resizing {
    guard try node.integer("antialias", default: 0) == 0 else {
      throw node.problem(
        "has antialias 1, which is not supported: runtimes compute it differently at the edges of a map")
    }
    let isOld = node.kind == "Upsample" || opset < 11
    let coordinates: Resizing.Coordinates =
      isOld ? .asymmetric : try node.choice("coordinate_transformation_mode") ?? .halfPixel
    var resizing = Resizing(
      try interpolation(node, isOld: isOld), coordinates, extents: extents, scales: scales)
    resizing.excludesOutside = try node.integer("exclude_outside", default: 0) != 0
    return resizing
  }

  private func interpolation(_ node: ONNXNode, isOld: Bool) throws -> Resizing.Interpolation {
    let mode = try node.text("mode") ?? "nearest"
    switch mode {
    case "nearest": return .nearest(isOld ? .floor : try node.choice("nearest_mode") ?? .roundPreferFloor)
    // Upsample called it by the name for maps before opset 9.
    case "linear", "bilinear": return .linear
    case "cubic":
      let coefficient = try node.float("cubic_coeff_a", default: -0.75)
      guard coefficient.isFinite else { throw node.problem("has the coefficient \(coefficient)") }
      return .cubic(coefficient: coefficient)
    default: throw node.problem("resizes by \(mode); supported are nearest, linear and cubic")
    }
  }
}

extension ONNXNode {
  /// One of the values of an attribute that names them; nil when it is not stated.
  fileprivate func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Choice? {
    guard let stated = try text(name) else { return nil }
    guard let choice = Choice(rawValue: stated) else {
      throw problem(
        "has \(name) \(stated); supported are \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }
}
