import Networks

/// Two layers with nothing but a ReLU between them.
struct EqualizedPair {
  let first: Node
  let second: Node
  let isBehindRelu: Bool
  /// Of the second layer.
  let groups: Int
}

extension Graph {
  /// Pairs of layers with weights of their own, of which the second alone reads the first, directly or behind a ReLU.
  func equalizablePairs() -> [EqualizedPair] {
    let shared = Set(sharedWeights.joined())
    func isFree(_ node: Node) -> Bool { !shared.contains(node.name) }
    func onlyReader(of value: String) -> Node? {
      guard !outputs.contains(value) else { return nil }
      let readers = nodes.filter { $0.inputs.contains(value) }
      return readers.count == 1 ? readers[0] : nil
    }
    return nodes.compactMap { first in
      guard first.equalizableGroups != nil, isFree(first), var reader = onlyReader(of: first.output) else {
        return nil
      }
      var isBehindRelu = false
      if case .relu = reader.operation {
        guard let next = onlyReader(of: reader.output) else { return nil }
        (reader, isBehindRelu) = (next, true)
      }
      guard let groups = reader.equalizableGroups, isFree(reader),
        first.isFullyConnected == reader.isFullyConnected
      else {
        return nil
      }
      return EqualizedPair(first: first, second: reader, isBehindRelu: isBehindRelu, groups: groups)
    }
  }
}

extension Node {
  /// The groups of a layer whose channels can be scaled; nil of other operations.
  fileprivate var equalizableGroups: Int? {
    switch operation {
    case .convolution(let convolution): convolution.groups
    case .fullyConnected: 1
    default: nil
    }
  }
}
