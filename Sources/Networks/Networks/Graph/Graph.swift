public import DataRequests

/// A feed-forward network as operations on named values, with weights where they are known.
public struct Graph: Hashable, Sendable {
  public var name: String
  /// The one input: its value name, and its shape.
  public var input: String
  public var inputShape: TensorShape
  /// Samples per inference that the network's file fixes; nil when it leaves them open.
  public var batch: Int?
  /// Where an input of four dimensions has the channels of its images.
  public var imageLayout = ImageInput.Layout.channelsFirst
  /// In execution order: every input of a node is `input`, a constant or an earlier node's output.
  public var nodes: [Node]
  /// The value that holds the class scores.
  public var output: String
  /// Further values that the network gives, such as the scores of an auxiliary classifier.
  public var otherOutputs: [String] = []
  /// Weights and biases of the quantizable layers by node name; empty for architectures known by shape alone.
  public var weights: [String: LayerWeights]
  /// Layers that use one tensor of weights, by name.
  public var sharedWeights: [[String]] = []
  /// The numbers that other nodes read, such as scales and positional embeddings, by value name.
  public var constants: [String: Constant] = [:]
  /// The widths that a file's own quantizers give to layers, by node name.
  public var givenWidths: [String: GivenWidths] = [:]

  public init(
    name: String, input: String, inputShape: TensorShape, nodes: [Node], output: String,
    weights: [String: LayerWeights] = [:]
  ) {
    self.name = name
    self.input = input
    self.inputShape = inputShape
    self.nodes = nodes
    self.output = output
    self.weights = weights
  }

  /// All values that the network gives, the class scores first.
  public var outputs: [String] { [output] + otherOutputs }
}

/// One operation of a graph.
public struct Node: Hashable, Sendable {
  /// Unique within the graph; for convolutions and fully connected nodes also the layer name.
  public var name: String
  public var operation: Operation
  public var inputs: [String]
  public var output: String

  public init(name: String, operation: Operation, inputs: [String], output: String) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.output = output
  }
}
