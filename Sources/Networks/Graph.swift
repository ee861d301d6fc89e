/// A feed-forward network as operations on named values, with weights where they are known.
///
/// Batch normalisation never appears: it is folded into the convolution before it.
public struct Graph: Hashable, Sendable {
  public var name: String
  /// The one input: its value name, and its shape without the batch.
  public var input: String
  public var inputShape: TensorShape
  /// In execution order: every input of a node is `input` or an earlier node's output.
  public var nodes: [Node]
  /// The value that holds the class scores.
  public var output: String
  /// Weights and biases by node name; empty for architectures known by shape alone.
  public var weights: [String: LayerWeights]

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
}

/// Channels, height and width of a value of one sample; vectors are `channels` x 1 x 1.
public struct TensorShape: Hashable, Sendable {
  public var channels: Int
  public var height: Int
  public var width: Int

  public init(channels: Int, height: Int = 1, width: Int = 1) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  public var count: Int { channels * height * width }
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

/// What a node computes.
public enum Operation: Hashable, Sendable {
  case convolution(Convolution)
  /// A matrix product with weights of shape `outputs` x inputs, plus a bias.
  case fullyConnected(outputs: Int)
  case relu
  case clip(lowest: Float, highest: Float)
  /// Element-wise sum of two values of one shape.
  case add
  case maxPool(kernel: Int, stride: Int, padding: Int)
  /// Mean over height and width.
  case globalAveragePool
  case flatten
}

/// The geometry of a two-dimensional convolution with square kernels and symmetric padding.
public struct Convolution: Hashable, Sendable {
  public var outputChannels: Int
  public var kernel: Int
  public var stride: Int
  public var padding: Int
  public var groups: Int

  public init(outputChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1) {
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }
}

/// The trained numbers of one layer.
public struct LayerWeights: Hashable, Sendable {
  /// Row-major `outputChannels` x `inputChannels / groups` x kernel x kernel, or outputs x inputs.
  public var weight: [Float]
  /// One per output channel.
  public var bias: [Float]

  public init(weight: [Float], bias: [Float]) {
    self.weight = weight
    self.bias = bias
  }
}
