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
    try node.require("antialias", 0)
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
        let scaled = Double(extent) * Double(scale)
        guard scaled < Double(Graph.largestExtent) else { throw node.problem("resizes an axis to \(scaled)") }
        return Int(scaled)
      }
      let isExact = zip(zip(input, output), all.dropFirst(2)).allSatisfy { Float($0.1) == Float($0.0) * $1 }
      scales = isExact ? nil : Array(all[2...])
    }
    try add(node, .resize(Resizing(mode(node, input, output), extents: output, scales: scales)))
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

  private func mode(_ node: ONNXNode, _ input: [Int], _ output: [Int]) throws -> Resizing.Mode {
    let mode = try node.text("mode") ?? "nearest"
    let isOld = node.kind == "Upsample" || opset < 11
    let coordinates = try isOld ? "asymmetric" : node.text("coordinate_transformation_mode") ?? "half_pixel"
    let rounding = try isOld ? "floor" : node.text("nearest_mode") ?? "round_prefer_floor"
    let isWhole = zip(input, output).allSatisfy { $1.isMultiple(of: $0) }
    switch (mode, coordinates, rounding) {
    case ("nearest", "asymmetric", "floor"): return .nearest
    // Half a pixel is never reached within the copies of one.
    case ("nearest", "half_pixel", "round_prefer_floor") where isWhole,
      ("nearest", "half_pixel", "round_prefer_ceil") where isWhole:
      return .nearest
    case ("linear", "half_pixel", _): return .linear(alignsCorners: false)
    case ("linear", "pytorch_half_pixel", _) where output.allSatisfy({ $0 > 1 }):
      return .linear(alignsCorners: false)
    case ("linear", "align_corners", _): return .linear(alignsCorners: true)
    default:
      throw node.problem(
        "resizes by \(mode) with \(coordinates)\(mode == "nearest" ? " and \(rounding)" : ""); supported are nearest with "
          + "asymmetric and floor, or by whole factors, and linear with half_pixel or align_corners")
    }
  }
}
