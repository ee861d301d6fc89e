extension FoldedTensor {
  /// Distances in memory between neighbours along each axis.
  static func strides(of extents: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: extents.count)
    for axis in extents.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    return strides
  }

  /// The elements that start at `offset` and follow each other by `strides` along each axis of `extents`.
  ///
  /// - Precondition: all of them exist.
  func picked(offset: Int = 0, extents: [Int], strides: [Int]) throws -> FoldedTensor {
    try moved(
      to: extents, { $0.picked(offset: offset, extents: extents, strides: strides) },
      { $0.picked(offset: offset, extents: extents, strides: strides) })
  }

  func transposed(_ order: [Int]) throws -> FoldedTensor {
    let strides = Self.strides(of: extents)
    return try picked(extents: order.map { extents[$0] }, strides: order.map { strides[$0] })
  }

  /// Weights of inputs x outputs / groups x kernel as outputs x inputs / groups x kernel, or the other way round.
  ///
  /// - Precondition: the groups divide the first extent.
  func exchangingChannels(groups: Int) throws -> FoldedTensor {
    let (first, second, kernel) = (extents[0] / groups, extents[1], Array(extents[2...]))
    return try reshaped(to: [groups, first, second] + kernel)
      .transposed([0, 2, 1] + kernel.indices.map { $0 + 3 })
      .reshaped(to: [groups * second, first] + kernel)
  }

  /// Repeated along axes of extent 1; nil when the shapes do not fit.
  func broadcast(to target: [Int]) throws -> FoldedTensor? {
    guard target != extents else { return self }
    guard target.count >= extents.count else { return nil }
    let missing = target.count - extents.count
    var strides = [Int](repeating: 0, count: missing) + Self.strides(of: extents)
    for axis in extents.indices where extents[axis] != target[missing + axis] {
      guard extents[axis] == 1 else { return nil }
      strides[missing + axis] = 0
    }
    return try picked(extents: target, strides: strides)
  }

  /// The elements at `indices` along one axis.
  ///
  /// - Precondition: each index exists.
  func selected(axis: Int, indices: [Int], extents inserted: [Int]) throws -> FoldedTensor {
    let inner = extents[(axis + 1)...].reduce(1, *)
    let outer = extents[..<axis].reduce(1, *)
    let length = extents[axis]
    func pick<Element>(_ list: [Element]) -> [Element] {
      var picked: [Element] = []
      picked.reserveCapacity(outer * indices.count * inner)
      for block in 0..<outer {
        for index in indices {
          let start = (block * length + index) * inner
          picked += list[start..<start + inner]
        }
      }
      return picked
    }
    return try moved(to: extents[..<axis] + inserted + extents[(axis + 1)...], pick, pick)
  }

  /// One after another along an axis.
  ///
  /// - Precondition: there is a part, and all have one kind and fit together.
  static func concatenated(_ parts: [FoldedTensor], axis: Int) throws -> FoldedTensor {
    let first = parts[0]
    let outer = first.extents[..<axis].reduce(1, *)
    func join<Element>(_ lists: [[Element]]) -> [Element] {
      var joined: [Element] = []
      joined.reserveCapacity(lists.reduce(0) { $0 + $1.count })
      for block in 0..<outer {
        for list in lists {
          let length = list.count / outer
          joined += list[block * length..<(block + 1) * length]
        }
      }
      return joined
    }
    var extents = first.extents
    extents[axis] = parts.reduce(0) { $0 + $1.extents[axis] }
    guard first.floats == nil else {
      return try FoldedTensor(
        type: first.type, extents: extents, floats: join(parts.compactMap(\.floats)), in: first.budget)
    }
    return try FoldedTensor(
      type: first.type, extents: extents, integers: join(parts.compactMap(\.integers)), in: first.budget)
  }
}

extension Array {
  fileprivate func picked(offset: Int, extents: [Int], strides: [Int]) -> [Element] {
    let count = extents.reduce(1, *)
    guard count > 0 else { return [] }
    guard let length = extents.last, let step = strides.last else { return [self[offset]] }
    var picked: [Element] = []
    picked.reserveCapacity(count)
    var position = [Int](repeating: 0, count: extents.count)
    var start = offset
    while true {
      var index = start
      for _ in 0..<length {
        picked.append(self[index])
        index += step
      }
      var axis = extents.count - 2
      while axis >= 0 {
        position[axis] += 1
        start += strides[axis]
        if position[axis] < extents[axis] { break }
        start -= strides[axis] * extents[axis]
        position[axis] = 0
        axis -= 1
      }
      if axis < 0 { return picked }
    }
  }
}
