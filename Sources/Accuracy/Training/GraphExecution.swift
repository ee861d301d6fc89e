import Core
import Networks
import Tensors

/// Runs a graph's operations on tensors, leaving the layers with weights to the caller.
///
/// Float inference, training, calibration and quantized inference differ only in what a
/// layer does with its input.
struct GraphExecution {
  private let graph: Graph
  private let constants: [String: Tensor]
  private let shapes: [String: TensorShape]
  /// Nil where the network gives no class scores.
  private let classScores: ClassScores?
  /// For each node, the values that no later node reads.
  private let lastReads: [[String]]
  /// Values in memory of their own, read once, whose making left nothing behind that needs them.
  private let overwritable: Set<String>
  private let followers: LayerFollowers

  /// Throws `GraphError` when the nodes do not fit together.
  init(_ graph: Graph) throws {
    self.graph = graph
    shapes = try graph.shapes()
    let classScores = try graph.classScores()
    self.classScores = classScores
    let kept = Set(graph.outputs + (classScores.map { [$0.value] } ?? []))
    constants = try graph.constants.mapValues { try Tensor($0.values, shape: $0.extents) }
    var lastReader: [String: Int] = [:]
    var reads: [String: Int] = [:]
    for (position, node) in graph.nodes.enumerated() {
      for input in node.inputs where graph.constants[input] == nil {
        lastReader[input] = position
        reads[input, default: 0] += 1
      }
    }
    for value in kept { lastReader[value] = nil }
    var lastReads = [[String]](repeating: [], count: graph.nodes.count)
    for (value, position) in lastReader { lastReads[position].append(value) }
    self.lastReads = lastReads
    overwritable = Set(graph.nodes.filter(\.writesMemoryOfItsOwn).map(\.output)).filter { value in
      !kept.contains(value) && reads[value] == 1
    }
    followers = LayerFollowers(graph, kept: kept)
  }

  /// The class scores for `images`, images x classes, before a softmax or sigmoid that the network ends in; the first
  /// output where it gives no class scores.
  ///
  /// - Parameters:
  ///   - other: computes another node from its inputs; nil leaves it to the operation's own definition.
  ///   - layer: computes a convolution or fully connected node from its input.
  func scores(
    of images: Tensor, other: (Node, [Tensor]) throws -> Tensor? = { _, _ in nil },
    layer: (Node, Tensor) throws -> Tensor
  ) throws -> Tensor {
    try classScores(
      of: images, in: values(of: images, other: other) { .init(value: try layer($0.node, $0.input)) })
  }

  /// The same, of layers that may also do what follows them.
  ///
  /// - Parameters:
  ///   - start: Where an earlier run with the same images stood; nil starts at the input.
  ///   - saved: A node before which `save` gets what a later run can start from.
  func scores(
    of images: Tensor, from start: Snapshot? = nil, saving saved: Int? = nil,
    _ save: (Snapshot) -> Void = { _ in }, fusing layer: (LayerCall) throws -> LayerCall.Result
  ) throws -> Tensor {
    try classScores(
      of: images, in: values(of: images, from: start, saving: saved, save, layer: layer))
  }

  private func classScores(of images: Tensor, in values: [String: Tensor]) throws -> Tensor {
    guard let classScores else { return values[graph.output]! }
    let (scores, shape) = (values[classScores.value]!, [images.shape[0], classScores.count])
    return scores.shape == shape ? scores : try scores.reshaped(to: shape)
  }

  /// The values that are still to be read before a node, from which the rest of the network can be run.
  struct Snapshot {
    let position: Int
    let values: [String: Tensor]
  }

  /// The position of a node.
  func position(of name: String) -> Int? { graph.nodes.firstIndex { $0.name == name } }

  /// The first layer that reads a number that is infinite or not a number; nil where none does.
  func firstLayerReadingNotFinite(
    of images: Tensor, layer: (Node, Tensor) throws -> Tensor
  ) throws -> String? {
    var found: String?
    _ = try scores(of: images) { node, input in
      if found == nil, try !input.isFinite() { found = node.name }
      return try layer(node, input)
    }
    return found
  }

  /// All outputs for `images`, as the network gives them.
  func outputs(of images: Tensor, layer: (Node, Tensor) throws -> Tensor) throws -> [Tensor] {
    let values = try values(of: images) { .init(value: try layer($0.node, $0.input)) }
    return graph.outputs.map { values[$0]! }
  }

  /// Every value that is an output or the class scores.
  private func values(
    of images: Tensor, from start: Snapshot? = nil, saving saved: Int? = nil,
    _ save: (Snapshot) -> Void = { _ in }, other: (Node, [Tensor]) throws -> Tensor? = { _, _ in nil },
    layer: (LayerCall) throws -> LayerCall.Result
  ) throws -> [String: Tensor] {
    var values = constants
    var (clamped, rounded): (Set<String>, Set<String>) = ([], [])
    values[graph.input] = images
    var kept: Set<String> = []
    if let start {
      values.merge(start.values) { $1 }
      kept.formUnion(start.values.keys)
    }
    let batch = images.shape[0]
    for (position, node) in graph.nodes.enumerated().dropFirst(start?.position ?? 0) {
      if position == saved {
        let live = values.filter { constants[$0.key] == nil }
        save(Snapshot(position: position, values: live))
        kept.formUnion(live.keys)
      }
      let inputs = node.inputs.map { values[$0]! }
      if node.isLayer {
        let result = try layer(
          LayerCall(
            node: node, input: inputs[0], isRounded: rounded.contains(node.inputs[0]),
            clamp: followers.clamps[position],
            // What is saved must not depend on the precisions of the layers that read it.
            reader: followers.readers[position].flatMap { reader in
              guard let saved, position < saved, saved <= reader.position else { return reader.node }
              return nil
            }))
        values[node.output] = result.value
        if result.isClamped { clamped.insert(node.output) }
        if result.isRounded { rounded.insert(followers.outputs[position] ?? node.output) }
      } else if clamped.contains(node.inputs[0]) {
        values[node.output] = inputs[0]
      } else if let result = try other(node, inputs) {
        values[node.output] = result
      } else {
        let step = OperationStep(
          inputs: inputs, shape: shapes[node.output]!.extents(batch: batch),
          mayOverwrite: overwritable.contains(node.inputs[0]) && !kept.contains(node.inputs[0]))
        values[node.output] = try step.run(node.operation)
      }
      // Memory that is still in the cache is the fastest to use again.
      for name in lastReads[position] { values[name] = nil }
    }
    return values
  }
}

extension Node {
  /// Whether the result shares no memory with an operand, and no gradient needs it as it is.
  ///
  /// A flattened value shares its memory, a clamp's gradient needs the clamped values, and a layer that reads
  /// a value keeps it for its own gradient.
  fileprivate var writesMemoryOfItsOwn: Bool {
    switch operation {
    case .convolution, .transposedConvolution, .fullyConnected, .add, .pool, .globalAveragePool: true
    default: false
    }
  }

  /// The layer's arithmetic: a convolution, transposed or not (bias optional) or a matrix product (bias required).
  func product(
    _ input: Tensor, weight: Tensor, bias: Tensor?, finish: Finish = .none
  ) throws -> Tensor {
    switch operation {
    case .convolution(let convolution):
      return try input.convolved(
        with: weight, bias: bias, window: SlidingWindow(convolution.window), groups: convolution.groups,
        finish: finish)
    case .transposedConvolution(let transposed):
      let groups = transposed.convolution.groups
      return try input.convolvedTransposed(
        with: weight.exchangingChannels(groups: groups), bias: bias,
        window: SlidingWindow(transposed.convolution.window), outputPadding: transposed.outputPadding,
        groups: groups
      ).finished(finish, overwriting: true)
    case .fullyConnected:
      guard let bias else { preconditionFailure("fully connected layers have a bias") }
      return try input.multiplied(by: weight, bias: bias).finished(finish, overwriting: true)
    default:
      preconditionFailure("\(name) has no weights")
    }
  }
}

extension SlidingWindow {
  init(_ window: Window) {
    self.init(
      kernel: window.kernel, stride: window.stride, dilation: window.dilation,
      paddingBefore: window.padding.before, paddingAfter: window.padding.after)
  }
}
