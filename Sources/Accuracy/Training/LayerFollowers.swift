import Networks
import Tensors

/// A layer that is to be run, and what it may do at once while its results are in the cache.
struct LayerCall {
  let node: Node
  let input: Tensor
  /// Whether the layer that gave the input has rounded it for this one.
  let isRounded: Bool
  /// The clamp that alone reads the results; nil where there is none.
  let clamp: ClosedRange<Float>?
  /// The layer that alone reads the results, behind the clamp if there is one; nil where others read them, too.
  let reader: Node?

  struct Result {
    var value: Tensor
    /// Whether `clamp` is done.
    var isClamped = false
    /// Whether the value is rounded for `reader`.
    var isRounded = false
  }
}

/// What stands directly behind the layers of a graph, by the positions of the layers' nodes.
struct LayerFollowers {
  private(set) var clamps: [Int: ClosedRange<Float>] = [:]
  /// The values that clamps give.
  private(set) var outputs: [Int: String] = [:]
  private(set) var readers: [Int: (position: Int, node: Node)] = [:]

  /// - Parameter kept: Values that are read outside of the graph.
  init(_ graph: Graph, kept: Set<String>) {
    var places: [String: [Int]] = [:]
    for (position, node) in graph.nodes.enumerated() {
      for input in node.inputs { places[input, default: []].append(position) }
    }
    func onlyReader(of value: String) -> (position: Int, node: Node)? {
      guard !kept.contains(value), let found = places[value], found.count == 1 else { return nil }
      return (found[0], graph.nodes[found[0]])
    }
    for (position, node) in graph.nodes.enumerated() where node.isLayer {
      guard var reader = onlyReader(of: node.output) else { continue }
      if let clamp = reader.node.operation.clamp {
        (clamps[position], outputs[position]) = (clamp, reader.node.output)
        guard let next = onlyReader(of: reader.node.output) else { continue }
        reader = next
      }
      if reader.node.isLayer { readers[position] = reader }
    }
  }
}

extension Networks.Operation {
  fileprivate var clamp: ClosedRange<Float>? {
    switch self {
    case .relu: 0...(.infinity)
    case .clip(let lowest, let highest) where lowest <= highest: lowest...highest
    default: nil
    }
  }
}
