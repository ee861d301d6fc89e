/// The layers at whose activation widths the values of a graph are stored.
///
/// A value has the widest activation width of the layers that read it or a value tied to it (`Graph.tiedWidthGroups()`).
/// Where no layer does, as with both operands of a sum behind two convolutions, it is quantized on its way to memory to
/// the width at which whatever is made of it is read. What the network gives, and what a product of activations
/// reads, which computes in floats, stays at 32 bits, whatever else reads it.
struct StoredWidths {
  private let ties: ValueTies
  /// By the root of tied values.
  private var layers: [String: [Int]] = [:]
  private var results: [String: Set<String>] = [:]
  private var floats: Set<String> = []

  init(_ graph: Graph) {
    ties = graph.valueTies()
    var layer = 0
    for node in graph.nodes {
      if node.isLayer {
        layers[ties.root(of: node.inputs[0]), default: []].append(layer)
        layer += 1
        continue
      }
      for input in node.inputs where graph.constants[input] == nil {
        let root = ties.root(of: input)
        switch node.operation {
        case .matrixProduct: floats.insert(root)
        default: results[root, default: []].insert(ties.root(of: node.output))
        }
      }
    }
    for output in graph.outputs { floats.insert(ties.root(of: output)) }
  }

  /// Positions of layers, ascending; none for floats.
  func layers(of value: String) -> [Int] {
    var found: Set<Int> = []
    var seen: Set<String> = []
    var open = [ties.root(of: value)]
    while let root = open.popLast() {
      guard seen.insert(root).inserted else { continue }
      if floats.contains(root) {
        return []
      } else if let layers = layers[root] {
        found.formUnion(layers)
      } else {
        open += results[root] ?? []
      }
    }
    return found.sorted()
  }
}
