/// The shapes that one node reads, with the checks that operations need.
struct Operands {
  let node: String
  let shapes: [TensorShape]

  /// - Precondition: `check(count:)` has passed.
  var first: TensorShape { shapes[0] }
  var second: TensorShape { shapes[1] }

  func check(count allowed: ClosedRange<Int>) throws {
    guard allowed.contains(shapes.count) else {
      throw GraphError.wrongInputCount(node: node, found: shapes.count, expected: allowed)
    }
  }

  /// Refuses the shapes.
  func illegal(_ found: String? = nil, expected: String) -> GraphError {
    .illegalInput(
      node: node, found: found ?? shapes.map(\.description).joined(separator: " and "), expected: expected)
  }

  /// Refuses a number of the operation itself.
  func illegal(_ attribute: String, _ found: some Any, expected: String) -> GraphError {
    .illegalAttribute(node: node, attribute: attribute, found: "\(found)", expected: expected)
  }

  func tooLarge(_ what: String) -> GraphError { .tooLarge(node: node, what: what) }

  func checkExtent(_ extent: Int, _ attribute: String) throws {
    guard Graph.isLegalExtent(extent) else {
      throw illegal(attribute, extent, expected: "1 to \(Graph.largestExtent)")
    }
  }

  /// Refuses an axis that the first operand does not have.
  func check(axis: Int, of shape: TensorShape? = nil) throws {
    let rank = (shape ?? first).rank
    guard (0..<rank).contains(axis) else {
      throw illegal("axis", axis, expected: rank == 0 ? "none" : "0 to \(rank - 1)")
    }
  }

  /// The extents after batch and channels of the first operand, which each must be fixed.
  func spatialExtents() throws -> [Int] {
    guard let sample = first.sample, first.rank >= 3 else {
      throw illegal("\(first)", expected: "a map: batch x channels x extents, as Nx3x224x224")
    }
    return Array(sample.dropFirst())
  }

  /// The channels of a map.
  ///
  /// - Precondition: `spatialExtents()` has passed.
  var channels: Int { first.dimensions[1].factor }
}
