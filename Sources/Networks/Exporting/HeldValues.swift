import Networks

/// The values of a network that a runtime keeps in 8 bits between its integer operators.
///
/// A runtime fuses an operator into an integer one where each of its inputs comes from a DequantizeLinear and its output
/// goes to one QuantizeLinear (onnxruntime, `qdq_selectors.cc`). So the output of every layer is held, behind its ReLU,
/// and all that sums, concatenations and means read and write. What no such operator reads any more, such as the scores,
/// stays in floats.
struct HeldValues {
  /// Values that hold the same numbers, moved but not changed, in the order in which they are made.
  struct Group: Hashable {
    var values: [String]
    /// The layers that read one of them, in order.
    var layers: [String]
  }

  let groups: [Group]

  /// Those that no layer reads, by the first of each group: no quantizer of a policy is for them.
  var withoutLayers: [String] { groups.filter(\.layers.isEmpty).map { $0.values[0] } }

  init(of graph: Graph) {
    var reached: Set<String> = []
    for node in graph.nodes.reversed()
    where graph.computesInIntegers(node) || reached.contains(node.output) { reached.formUnion(node.inputs) }

    var held: Set<String> = []
    for node in graph.nodes where graph.computesInIntegers(node) {
      held.formUnion(node.inputs)
      let result = graph.behindClamps(node.output)
      if reached.contains(result) { held.insert(result) }
    }
    for node in graph.nodes.reversed() where node.operation.movesOnly && held.contains(node.output) {
      held.formUnion(node.inputs)
    }

    var groups: [Group] = []
    var groupOf: [String: Int] = [:]
    for value in [graph.input] + graph.nodes.map(\.output) where held.contains(value) {
      let source = graph.nodes.first { $0.output == value && $0.operation.movesOnly }?.inputs[0]
      let layers = graph.nodes.filter { $0.isLayer && $0.inputs[0] == value }.map(\.name)
      if let group = source.flatMap({ groupOf[$0] }) {
        groups[group].values.append(value)
        groups[group].layers += layers
        groupOf[value] = group
      } else {
        groupOf[value] = groups.count
        groups.append(Group(values: [value], layers: layers))
      }
    }
    self.groups = groups
  }
}

extension Graph {
  /// Whether runtimes have an integer operator for the node; one that reads a constant has none.
  fileprivate func computesInIntegers(_ node: Node) -> Bool {
    switch node.operation {
    case .convolution, .transposedConvolution, .fullyConnected: true
    case .add, .concatenate: node.inputs.allSatisfy { constants[$0] == nil }
    case .pool(let pooling): pooling.kind != .maximum
    case .globalAveragePool: true
    default: false
    }
  }

  /// The value behind the clamps that alone read `value`, which a quantizer can take the place of.
  fileprivate func behindClamps(_ value: String) -> String {
    let readers = nodes.filter { $0.inputs.contains(value) }
    guard readers.count == 1, !outputs.contains(value), readers[0].operation.clampedRange != nil else {
      return value
    }
    return behindClamps(readers[0].output)
  }
}

extension Operation {
  /// Whether the elements of the result are elements of the one operand.
  fileprivate var movesOnly: Bool {
    switch self {
    case .flatten, .reshape, .transpose, .slice, .select: true
    case .pool(let pooling): pooling.kind == .maximum
    default: false
    }
  }

  /// Where the operation cuts values off; nil when it does something else.
  var clampedRange: ClosedRange<Float>? {
    switch self {
    case .relu: 0...Float.infinity
    case .clip(let lowest, let highest) where lowest <= highest: lowest...highest
    default: nil
    }
  }
}
