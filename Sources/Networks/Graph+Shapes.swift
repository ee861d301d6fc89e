extension Graph {
  /// Largest height, width, channel count, kernel, stride and group count that a graph may have.
  package static let largestExtent = 1 << 20
  /// Largest number of elements of a value or of the weights of one node.
  static let largestCount = 1 << 40
  /// Largest number of multiply-accumulates of one node, so that sums over layers stay countable.
  static let largestWork = 1 << 50

  /// The shape of every value, by value name, for one sample.
  ///
  /// Throws `GraphError` when the nodes do not fit together. A graph that passes is safe to
  /// count: no product of its extents overflows.
  public func shapes() throws -> [String: TensorShape] {
    try signals().mapValues(\.shape)
  }

  /// A value's shape, and whether it still has height and width or has been flattened.
  struct Signal: Hashable {
    var shape: TensorShape
    var form: Form

    enum Form: Hashable {
      case map
      case vector
    }
  }

  func signals() throws -> [String: Signal] {
    guard inputShape.isLegal else { throw GraphError.illegalInputShape(inputShape) }

    guard !name.isEmpty else { throw GraphError.missingName(of: "the network") }
    guard !input.isEmpty else { throw GraphError.missingName(of: "the network's input") }

    var signals = [input: Signal(shape: inputShape, form: .map)]
    var names: Set<String> = []
    for node in nodes {
      guard !node.name.isEmpty else {
        throw GraphError.missingName(of: "the node that writes \"\(node.output)\"")
      }
      guard !node.output.isEmpty else {
        throw GraphError.missingName(of: "the output of node \"\(node.name)\"")
      }
      guard names.insert(node.name).inserted else { throw GraphError.repeatedNode(node.name) }
      let result = try node.signal(from: signals)
      guard signals.updateValue(result, forKey: node.output) == nil else {
        throw GraphError.repeatedValue(node: node.name, value: node.output)
      }
    }
    guard signals[output] != nil, output != input else { throw GraphError.unknownOutput(output) }
    return signals
  }

  static func isLegalExtent(_ extent: Int) -> Bool { (1...largestExtent).contains(extent) }
}

extension TensorShape {
  /// Whether the extents are positive and their product can be counted.
  var isLegal: Bool {
    [channels, height, width].allSatisfy(Graph.isLegalExtent)
      && channels * height <= Graph.largestCount / width
  }
}

extension TensorShape: CustomStringConvertible {
  /// `channels x height x width`, such as `32x112x112`.
  public var description: String { "\(channels)x\(height)x\(width)" }
}

extension Graph.Signal: CustomStringConvertible {
  var description: String { form == .map ? "a map of \(shape)" : "a vector of \(shape.channels)" }
}
