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
    guard [inputShape.channels, inputShape.height, inputShape.width].allSatisfy(Self.isLegalExtent),
      inputShape.channels * inputShape.height <= Self.largestCount / inputShape.width
    else { throw GraphError.illegalInputShape(inputShape) }

    var signals = [input: Signal(shape: inputShape, form: .map)]
    var names: Set<String> = []
    for node in nodes {
      guard names.insert(node.name).inserted else { throw GraphError.repeatedNode(node.name) }
      let inputs = try node.inputs.map { value in
        guard let signal = signals[value] else {
          throw GraphError.unknownInput(node: node.name, value: value)
        }
        return signal
      }
      guard inputs.count == node.operation.inputCount else {
        throw GraphError.wrongInputCount(
          node: node.name, found: inputs.count, expected: node.operation.inputCount)
      }
      let result = try node.signal(from: inputs)
      guard signals.updateValue(result, forKey: node.output) == nil else {
        throw GraphError.repeatedValue(node: node.name, value: node.output)
      }
    }
    guard signals[output] != nil, output != input else { throw GraphError.unknownOutput(output) }
    return signals
  }

  static func isLegalExtent(_ extent: Int) -> Bool { (1...largestExtent).contains(extent) }
}

extension TensorShape: CustomStringConvertible {
  /// `channels x height x width`, such as `32x112x112`.
  public var description: String { "\(channels)x\(height)x\(width)" }
}

extension Graph.Signal: CustomStringConvertible {
  var description: String { form == .map ? "a map of \(shape)" : "a vector of \(shape.channels)" }
}
