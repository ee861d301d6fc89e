/// Writes a graph front to back; each operation reads the value that the last one wrote.
///
/// A node writes a value with its name. To branch, keep `value` and set it again later.
public struct GraphBuilder {
  /// A value of the graph under construction.
  public struct Value: Hashable, Sendable {
    public let name: String
    public let channels: Int
  }

  /// What the next operation reads.
  public var value: Value
  private var graph: Graph

  /// Starts a graph with an input value called `input`.
  ///
  /// - Precondition: the input is batch x channels and perhaps more.
  public init(name: String, inputShape: TensorShape) {
    graph = Graph(name: name, input: "input", inputShape: inputShape, nodes: [], output: "input")
    value = Value(name: "input", channels: inputShape.dimensions[1].factor)
  }

  /// The graph whose output is the current value.
  public func build() -> Graph {
    var graph = graph
    graph.output = value.name
    return graph
  }

  /// A convolution; padding keeps the extent at stride 1 when the kernel is odd.
  public mutating func convolution(
    _ name: String, outputs: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1
  ) {
    let convolution = Convolution(
      outputChannels: outputs, kernel: kernel, stride: stride, padding: (kernel - 1) / 2, groups: groups)
    append(name, .convolution(convolution), channels: outputs)
  }

  /// A 3x3 convolution of each channel (depthwise).
  public mutating func depthwise(_ name: String, stride: Int) {
    convolution(name, outputs: value.channels, kernel: 3, stride: stride, groups: value.channels)
  }

  /// `max(x, 0)`, named after the node that it follows.
  public mutating func relu() {
    append("\(value.name).relu", .relu, channels: value.channels)
  }

  /// `min(max(x, 0), 6)`, named after the node that it follows.
  public mutating func relu6() {
    append("\(value.name).relu6", .clip(lowest: 0, highest: 6), channels: value.channels)
  }

  /// The current value plus `other`.
  public mutating func add(_ name: String, _ other: Value) {
    append(name, .add, inputs: [value.name, other.name], channels: value.channels)
  }

  /// The largest of each window.
  public mutating func maxPool(_ name: String, kernel: Int, stride: Int, padding: Int) {
    append(name, .maxPool(kernel: kernel, stride: stride, padding: padding), channels: value.channels)
  }

  /// Mean over height and width, flattened, and a fully connected node called `classifier`.
  public mutating func classifier(classes: Int) {
    append("pool", .globalAveragePool, channels: value.channels)
    append("flatten", .flatten, channels: value.channels)
    append("classifier", .fullyConnected(outputs: classes), channels: classes)
  }

  private mutating func append(
    _ name: String, _ operation: Operation, inputs: [String]? = nil, channels: Int
  ) {
    graph.nodes.append(
      Node(name: name, operation: operation, inputs: inputs ?? [value.name], output: name))
    value = Value(name: name, channels: channels)
  }
}
