/// Layers whose inputs are stored as one tensor, or as tensors that must share a quantizer, and so have one width.
public struct TiedWidthGroup: Hashable, Sendable {
  /// Names of two or more layers, in execution order.
  public var layers: [String]
  /// Why: the values and nodes that tie them, as phrases.
  public var reasons: [String]
}

extension Graph {
  /// The layers whose activation widths belong together.
  ///
  /// One stored tensor has one width, however many layers read it; the operands of a sum or a join must lie on one
  /// quantizer; and an operation that only moves elements, or is fused into the layer before it, has the width of what
  /// it reads. A layer without partners is in no group. A search takes one decision for each group: choose the
  /// activation width of its first layer, and give it to all.
  public func tiedWidthGroups() -> [TiedWidthGroup] {
    let ties = valueTies()
    let layers = nodes.filter(\.isLayer)
    let byTensor = Dictionary(grouping: layers) { ties.root(of: $0.inputs[0]) }
    let position = Dictionary(nodes.enumerated().map { ($1.name, $0) }) { first, _ in first }
    return byTensor.filter { $0.value.count > 1 }
      .map { root, layers in
        let readers = Dictionary(grouping: layers, by: { $0.inputs[0] }).filter { $0.value.count > 1 }
        let shared = readers.keys.sorted().map { "readers of \"\($0)\"" }
        return TiedWidthGroup(layers: layers.map(\.name), reasons: shared + (ties.reasons[root] ?? []))
      }
      .sorted { position[$0.layers[0]]! < position[$1.layers[0]]! }
  }
}

extension Graph {
  /// Which values have one width.
  func valueTies() -> ValueTies {
    var ties = ValueTies()
    for node in nodes {
      let operands = node.inputs.filter { constants[$0] == nil }
      guard let first = operands.first else { continue }
      switch node.operation {
      case .add:
        ties.join(operands, reason: operands.count > 1 ? "operands of the sum \"\(node.name)\"" : nil)
      case .concatenate: ties.join(operands + [node.output], reason: "parts of \"\(node.name)\"")
      case let operation where operation.keepsQuantizer: ties.join([first, node.output], reason: nil)
      default: break
      }
    }
    return ties
  }
}

extension Operation {
  /// Whether the result is made of the operand's own numbers, or takes the operand's place in memory.
  var keepsQuantizer: Bool {
    switch self {
    case .relu, .clip, .flatten, .reshape, .transpose, .slice, .select, .expand: true
    case .pool(let pooling): pooling.kind == .maximum
    default: false
    }
  }
}

/// Sets of values that have one width.
struct ValueTies {
  private var parents: [String: String] = [:]
  private(set) var reasons: [String: [String]] = [:]

  func root(of value: String) -> String {
    var value = value
    while let parent = parents[value] { value = parent }
    return value
  }

  /// - Precondition: there is a value.
  mutating func join(_ values: [String], reason: String?) {
    let first = root(of: values[0])
    for value in values.dropFirst() {
      let other = root(of: value)
      guard other != first else { continue }
      parents[other] = first
      reasons[first, default: []] += reasons.removeValue(forKey: other) ?? []
    }
    if let reason { reasons[first, default: []].append(reason) }
  }
}
