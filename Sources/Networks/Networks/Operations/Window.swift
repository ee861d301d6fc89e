/// A window that moves over a padded map; every list has one number for each spatial axis.
public struct Window: Hashable, Sendable {
  public var kernel: [Int]
  public var stride: [Int]
  public var padding: Padding
  public var dilation: [Int]
  /// Whether a last position that reaches beyond the padding counts.
  public var roundsUp: Bool

  /// Elements added before and after each spatial axis.
  public struct Padding: Hashable, Sendable {
    public var before: [Int]
    public var after: [Int]

    public init(before: [Int], after: [Int]) {
      self.before = before
      self.after = after
    }
  }

  public init(
    kernel: [Int], stride: [Int], padding: Padding, dilation: [Int], roundsUp: Bool = false
  ) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.roundsUp = roundsUp
  }

  /// A square window, padded alike on all sides.
  public init(kernel: Int, stride: Int, padding: Int) {
    let sides = [padding, padding]
    self.init(
      kernel: [kernel, kernel], stride: [stride, stride], padding: Padding(before: sides, after: sides),
      dilation: [1, 1])
  }

  /// Elements under the window.
  ///
  /// - Precondition: the window has been checked.
  public var area: Int { kernel.reduce(1, *) }
}

extension Window {
  /// Refuses numbers that no window can have; `axes` is how many spatial axes its map has.
  func check(axes: Int, _ operands: Operands) throws {
    for (what, list) in [
      ("kernel", kernel), ("stride", stride), ("padding", padding.before), ("padding", padding.after),
      ("dilation", dilation),
    ] where list.count != axes {
      throw operands.illegal(what, list, expected: "\(axes) numbers, one for each spatial axis")
    }
    for extent in kernel { try operands.checkExtent(extent, "kernel") }
    for extent in stride { try operands.checkExtent(extent, "stride") }
    for extent in dilation { try operands.checkExtent(extent, "dilation") }
    for extent in padding.before + padding.after where !(0...Graph.largestExtent).contains(extent) {
      throw operands.illegal("padding", extent, expected: "0 to \(Graph.largestExtent)")
    }
    var room = Graph.largestCount
    for extent in kernel { room /= extent }
    guard room > 0 else { throw operands.tooLarge("a window of \(kernel)") }
  }

  /// The positions of the window along every axis of a map.
  func outputs(over extents: [Int], _ operands: Operands) throws -> [Int] {
    try extents.indices.map { axis in
      guard let positions = outputs(over: extents[axis], axis: axis) else {
        throw operands.illegal(
          "\(operands.first)",
          expected:
            "at least its kernel, \(kernel.map(String.init).joined(separator: "x")), after padding by "
            + "\(padding.before[axis]) and \(padding.after[axis])")
      }
      return positions
    }
  }

  /// Nil when the window does not fit once.
  private func outputs(over extent: Int, axis: Int) -> Int? {
    let reach = dilation[axis] * (kernel[axis] - 1) + 1
    let padded = extent + padding.before[axis] + padding.after[axis]
    guard padded >= reach else { return nil }
    guard roundsUp else { return (padded - reach) / stride[axis] + 1 }
    let positions = (padded - reach + stride[axis] - 1) / stride[axis] + 1
    // A window that would start in the padding behind the map is left out.
    return (positions - 1) * stride[axis] >= extent + padding.before[axis] ? positions - 1 : positions
  }
}
