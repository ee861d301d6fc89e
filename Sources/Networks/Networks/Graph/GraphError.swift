/// Why a graph makes no sense; each case names the node, what it has and what it needs.
public enum GraphError: Error, Hashable, Sendable {
  case illegalInputShape(TensorShape)
  /// A graph, node or value without a name.
  case missingName(of: String)
  case repeatedNode(String)
  case repeatedValue(node: String, value: String)
  /// No earlier node computes the value that `node` reads.
  case unknownInput(node: String, value: String)
  /// No node computes the graph's output.
  case unknownOutput(String)
  case wrongInputCount(node: String, found: Int, expected: ClosedRange<Int>)
  /// A number of the operation itself, such as its stride, is outside what is possible.
  case illegalAttribute(node: String, attribute: String, found: String, expected: String)
  /// The value that a node reads cannot be the input of such a node.
  case illegalInput(node: String, found: String, expected: String)
  /// A value, the weights or the work of a node exceed what can be counted safely.
  case tooLarge(node: String, what: String)
  case missingWeights(node: String)
  case wrongWeights(node: String, what: String, found: Int, expected: Int)
  /// A weight or bias that is infinite or not a number.
  case notFinite(node: String, what: String)
  /// A constant that holds something else than numbers.
  case constantNotNumber(String)
  /// Weights for a node that does not exist or has none.
  case strayWeights(node: String)
}

extension GraphError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .illegalInputShape(let shape):
      "the network's input is \(shape); its first axis must be the batch, and the others 1 or more"
    case .missingName(let thing):
      "\(thing) has an empty name"
    case .repeatedNode(let name):
      "two nodes are called \"\(name)\"; node names must be unique"
    case .repeatedValue(let node, let value):
      "node \"\(node)\" writes value \"\(value)\", which exists already; each value is written once"
    case .unknownInput(let node, let value):
      "node \"\(node)\" reads value \"\(value)\", which no earlier node writes"
    case .unknownOutput(let value):
      "the network's output \"\(value)\" is written by no node"
    case .wrongInputCount(let node, let found, let expected):
      "node \"\(node)\" has \(found) input\(found == 1 ? "" : "s"); its operation takes \(Self.text(of: expected))"
    case .illegalAttribute(let node, let attribute, let found, let expected):
      "node \"\(node)\" has \(attribute) \(found); expected \(expected)"
    case .illegalInput(let node, let found, let expected):
      "node \"\(node)\" reads \(found); expected \(expected)"
    case .tooLarge(let node, let what):
      "node \"\(node)\" is too large: \(what)"
    case .missingWeights(let node):
      "node \"\(node)\" has no weights"
    case .wrongWeights(let node, let what, let found, let expected):
      "node \"\(node)\" has \(found) \(what); its shape needs \(expected)"
    case .notFinite(let node, let what):
      "node \"\(node)\" has \(what) that are infinite or not a number"
    case .constantNotNumber(let name):
      "the constant \"\(name)\" holds what is not a number"
    case .strayWeights(let node):
      "there are weights for \"\(node)\", which is no convolution or fully connected node of this network"
    }
  }

  private static func text(of counts: ClosedRange<Int>) -> String {
    if counts.count == 1 { return "\(counts.lowerBound)" }
    return counts.upperBound < Graph.largestExtent
      ? "\(counts.lowerBound) to \(counts.upperBound)" : "\(counts.lowerBound) or more"
  }
}
