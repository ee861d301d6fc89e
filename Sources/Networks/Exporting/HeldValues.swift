import Networks

/// The values of a network that a runtime keeps in 8 bits between its integer operators, and whose quantizer each has.
///
/// A runtime fuses an operator into an integer one where each of its inputs comes from a DequantizeLinear and its output
/// goes to one QuantizeLinear (onnxruntime, `qdq_selectors.cc`). So the outputs of layers are held, and all that sums,
/// products, concatenations and means read and write. What no such operator reads any more, such as the scores, stays in floats.
///
/// What an operation only moves is held by one quantizer before and behind, since runtimes then move the bytes. A relu
/// or clip counts among these: rounding before it and behind it by one quantizer gives what rounding behind it does.
struct HeldValues {
  /// Whose quantizer holds a value.
  enum Source: Hashable {
    /// That of what a layer reads.
    case input(ofLayer: String)
    /// That of a value which no layer reads, this one or what it becomes when it is moved on.
    case value(String)
  }

  let sources: [String: Source]
  /// The values whose own quantizers are needed, in the order in which they are made: none of a policy is for them.
  let withoutLayers: [String]

  /// - Parameter integerLayers: Which layers runtimes compute in integers; the others read and write floats.
  init(of graph: Graph, integerLayers: Set<String>) {
    let held = graph.heldValues(integerLayers)
    let values = ([graph.input] + graph.nodes.map(\.output)).filter(held.contains)
    var maker: [String: Node] = [:]
    var readers: [String: [Node]] = [:]
    var layer: [String: String] = [:]
    for node in graph.nodes {
      maker[node.output] = node
      for value in Set(node.inputs) { readers[value, default: []].append(node) }
      if integerLayers.contains(node.name), layer[node.inputs[0]] == nil { layer[node.inputs[0]] = node.name }
    }
    let outputs = Set(graph.outputs)
    /// What a value becomes when all that reads it moves it on at once.
    func movedOn(_ value: String) -> String? {
      guard let reader = readers[value]?.first, readers[value]?.count == 1, !outputs.contains(value),
        reader.operation.movesOnly, held.contains(reader.output)
      else { return nil }
      return reader.output
    }
    /// The value that a part of which was moved here, while others read it, too.
    func shared(_ value: String) -> String? {
      guard let node = maker[value], node.operation.movesOnly, node.operation.clampedRange == nil,
        held.contains(node.inputs[0]), movedOn(node.inputs[0]) == nil
      else { return nil }
      return node.inputs[0]
    }

    var sources: [String: Source] = [:]
    for value in values.reversed() {
      if let name = layer[value] {
        sources[value] = .input(ofLayer: name)
      } else if let next = movedOn(value) {
        sources[value] = sources[next]
      } else if shared(value) == nil {
        sources[value] = .value(value)
      }
    }
    for value in values where sources[value] == nil { sources[value] = shared(value).flatMap { sources[$0] } }
    self.sources = sources
    let asked = Set(sources.values)
    withoutLayers = values.filter { asked.contains(.value($0)) }
  }
}

extension Graph {
  fileprivate func heldValues(_ integerLayers: Set<String>) -> Set<String> {
    let made = madeInIntegers(integerLayers)
    let (exact, inBytes) = valuesReadInFloats(integerLayers)
    var reached = inBytes
    var integer: Set<String> = []
    for node in nodes.reversed() {
      let isRead = reached.contains(node.output)
      let isInteger =
        node.isLayer
        ? integerLayers.contains(node.name)
        : computesInIntegers(node, isReadInIntegers: isRead) && !exact.contains(node.output)
          && (made.map { made in isRead && node.inputs.allSatisfy(made.contains) } ?? true)
      if isInteger { integer.insert(node.name) }
      // What a layer of floats reads is not rounded for its sake.
      if node.isLayer, !isInteger { continue }
      if isRead || integer.contains(node.name) { reached.formUnion(node.inputs) }
    }
    var held: Set<String> = []
    for node in nodes where integer.contains(node.name) {
      held.formUnion(node.inputs)
      if reached.contains(node.output) { held.insert(node.output) }
    }
    let moves = nodes.filter { $0.operation.movesOnly && !exact.contains($0.output) }
    for node in moves where held.contains(node.inputs[0]) && reached.contains(node.output) {
      held.insert(node.output)
    }
    for node in moves.reversed() where held.contains(node.output) { held.insert(node.inputs[0]) }
    return held.subtracting(constants.keys)
  }

  /// The values that rounding for integer operators must not change: what layers of floats read, and all that it is
  /// computed of without a layer, up to the outputs of integer layers.
  func exactValues(_ integerLayers: Set<String>) -> Set<String> {
    valuesReadInFloats(integerLayers).exact
  }

  /// What layers of floats read, at once or by operations between layers. It is exact except for what integer layers give,
  /// also where that has only been moved since: runtimes have no integer layer whose output is floats.
  private func valuesReadInFloats(_ integerLayers: Set<String>) -> (exact: Set<String>, inBytes: Set<String>)
  {
    var bytes: Set<String> = []
    for node in nodes {
      let isInBytes =
        node.isLayer
        ? integerLayers.contains(node.name) : node.operation.movesOnly && bytes.contains(node.inputs[0])
      if isInBytes { bytes.insert(node.output) }
    }
    var exact: Set<String> = []
    var inBytes: Set<String> = []
    for node in nodes.reversed() {
      let read: [String] =
        if node.isLayer {
          integerLayers.contains(node.name) ? [] : [node.inputs[0]]
        } else {
          exact.contains(node.output) ? node.inputs : []
        }
      for value in read {
        if bytes.contains(value) { inBytes.insert(value) } else { exact.insert(value) }
      }
    }
    return (exact, inBytes)
  }

  /// The values that integer operators can give; nil where every layer is one, and all between them is rounded.
  ///
  /// Beside layers of floats, a sum is rounded only if all that it adds comes from integer operators, and if one reads it.
  private func madeInIntegers(_ integerLayers: Set<String>) -> Set<String>? {
    guard nodes.contains(where: { $0.isLayer && !integerLayers.contains($0.name) }) else { return nil }
    var made: Set<String> = [input]
    for node in nodes {
      let isMade =
        node.isLayer
        ? integerLayers.contains(node.name)
        : (node.operation.movesOnly || computesInIntegers(node, isReadInIntegers: true))
          && node.inputs.allSatisfy(made.contains)
      if isMade { made.insert(node.output) }
    }
    return made
  }

  /// Whether runtimes have an integer operator for the node; one that reads a constant has none.
  private func computesInIntegers(_ node: Node, isReadInIntegers: Bool) -> Bool {
    switch node.operation {
    case .convolution, .transposedConvolution, .fullyConnected: true
    case .add, .concatenate, .arithmetic(.multiply): node.inputs.allSatisfy { constants[$0] == nil }
    case .pool(let pooling): pooling.kind != .maximum
    case .globalAveragePool: true
    // At the end of a network they take scores, which stay floats.
    case .activation(.sigmoid), .activation(.leakyRelu): isReadInIntegers
    default: false
    }
  }
}

extension Operation {
  /// Whether the elements of the result are elements of the one operand, zeros, or the ends of a clamp.
  var movesOnly: Bool {
    switch self {
    case .flatten, .reshape, .transpose, .slice, .select, .expand: true
    case .pool(let pooling): pooling.kind == .maximum
    case .reduce(let reduction): reduction.kind == .maximum || reduction.kind == .minimum
    case .pad(let padding):
      if case .constant(let number) = padding.content { number == 0 } else { true }
    case .resize(let resizing):
      if case .nearest = resizing.interpolation { !resizing.excludesOutside } else { false }
    default: clampedRange != nil
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
