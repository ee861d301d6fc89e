public import Core
public import Networks

/// The arguments of `nncf.IgnoredScope`: which operations NNCF leaves in floats.
///
/// NNCF finds operations by regular expressions over their names. OpenVINO calls the product of a layer with a bias by the
/// name of its ONNX node and `/WithoutBiases`, and the last operation by the name of the value that it gives.
public struct IgnoredScope: Hashable, Sendable, Codable {
  public var patterns: [String]

  /// - Precondition: `ExportForm.nncf` expresses every pair of the policy.
  /// - Throws: `ExportError.noNameInOpenVINO`.
  public init(of graph: Graph, _ network: Network, under policy: Policy) throws {
    let nodes = graph.nodes.map { ($0.name, $0) }
    let byName = Dictionary(nodes) { first, _ in first }
    patterns = []
    for (layer, precision) in zip(network.layers, policy.precisions) where precision.weight == .float {
      guard let node = byName[layer.name] else { continue }
      if case .transposedConvolution = node.operation,
        graph.weights[layer.name]?.bias.contains(where: { $0 != 0 }) ?? true
      {
        throw ExportError.noNameInOpenVINO(layer: layer.name)
      }
      let names = node.name == node.output ? [node.name] : [node.name, node.output]
      let alternatives = names.map(\.escapedForPython).joined(separator: "|")
      patterns.append("^(\(alternatives))(/WithoutBiases)?$")
    }
  }
}

extension String {
  /// The text as a regular expression of Python that matches it alone.
  fileprivate var escapedForPython: String {
    map { character in
      #"\.^$*+?{}[]|()"#.contains(character) ? "\\\(character)" : "\(character)"
    }.joined()
  }
}
