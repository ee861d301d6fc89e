public import Core

/// Everything that a graph computes, step by step, for people and reports.
public struct NetworkOutline: Sendable {
  public var steps: [Step]

  /// One node.
  public struct Step: Sendable {
    public var name: String
    /// The operation's short name, such as `convolution`.
    public var operation: String
    public var inputs: [TensorShape]
    public var output: TensorShape
    /// Weights, biases and other constants that the node reads.
    public var parameters: Int
    /// Of one sample.
    public var multiplyAccumulates: Int
    public var role: Role
  }

  /// What a search and a cost model make of a step.
  public enum Role: Sendable, Hashable {
    /// Has weights and inputs whose widths a policy chooses; the cost model sees this.
    case layer(Layer)
    /// Multiplies, but keeps floats and has no cost; the sentence says why.
    case uncosted(reason: String)
    /// Moves or maps elements.
    case other
  }

  /// The layers that a policy has, in order.
  public var layers: [Layer] {
    steps.compactMap { if case .layer(let layer) = $0.role { layer } else { nil } }
  }
}

extension Graph {
  /// Throws `GraphError` when the nodes do not fit together.
  public func outline() throws -> NetworkOutline {
    let shapes = try shapes()
    return NetworkOutline(
      steps: nodes.map { node in
        let inputs = node.inputs.filter { constants[$0] == nil }.map { shapes[$0]! }
        let (input, output) = (shapes[node.inputs[0]]!, shapes[node.output]!)
        let layer = node.layer(from: input, to: output)
        let read = node.inputs.reduce(0) { $0 + (constants[$1]?.values.count ?? 0) }
        return NetworkOutline.Step(
          name: node.name, operation: node.operation.title, inputs: inputs, output: output,
          parameters: read + (layer.map { $0.weightCount + $0.outputChannels } ?? 0),
          multiplyAccumulates: layer?.multiplyAccumulates ?? node.otherWork(shapes: shapes),
          role: layer.map { .layer($0) } ?? node.operation.reasonWithoutCost.map { .uncosted(reason: $0) }
            ?? .other)
      })
  }
}

extension Node {
  /// Multiply-accumulates of one sample that no layer has.
  fileprivate func otherWork(shapes: [String: TensorShape]) -> Int {
    let (input, output) = (shapes[inputs[0]]!, shapes[output]!)
    switch operation {
    case .matrixProduct: return output.count * input.dimensions[input.rank - 1].factor
    default: return 0
    }
  }
}

extension Operation {
  fileprivate var reasonWithoutCost: String? {
    switch self {
    case .matrixProduct: "a product of two activations: it has no weights whose width could be chosen"
    default: nil
    }
  }

  /// The operation's short name.
  var title: String {
    switch self {
    case .convolution: "convolution"
    case .transposedConvolution: "transposed convolution"
    case .fullyConnected: "fully connected"
    case .matrixProduct: "matrix product"
    case .relu: "relu"
    case .clip: "clip"
    case .activation(let activation):
      String("\(activation)".prefix { $0 != "(" })
    case .parametricRelu: "parametric relu"
    case .add: "add"
    case .arithmetic(let arithmetic): "\(arithmetic)"
    case .pool(let pooling): pooling.kind == .maximum ? "max pool" : "average pool"
    case .globalAveragePool: "global average pool"
    case .reduce(let reduction): "reduce \(reduction.kind.rawValue)"
    case .resize: "resize"
    case .flatten: "flatten"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .concatenate: "concatenate"
    case .slice: "slice"
    case .pad: "pad"
    case .select: "select"
    case .expand: "expand"
    case .softmax: "softmax"
    case .logSoftmax: "log softmax"
    case .scaleAndShift: "scale and shift"
    case .layerNormalization: "layer normalization"
    case .localResponseNormalization: "local response normalization"
    case .fakeQuantize(let quantizer):
      quantizer.floats.map { "round to \($0)" } ?? "quantize to \(quantizer.width) bits"
    }
  }
}
