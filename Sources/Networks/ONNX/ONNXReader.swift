import Foundation
import SwiftProtobuf

/// Turns the nodes of one model into a graph, front to back.
///
/// Shapes are inferred along the way, so each node's problem is found at that node.
struct ONNXReader {
  let opset: Int
  /// Initializers and results of Constant nodes, by value name.
  var constants: [String: ONNXTensor]
  /// How often each value is read; the graph's output counts once more.
  let uses: [String: Int]
  /// The batch that the input fixes; nil when it is symbolic.
  let batch: Int?
  /// What is known of every value computed so far.
  var signals: [String: Graph.Signal]
  /// The position of the node that writes a value.
  var producers: [String: Int] = [:]
  /// Values that are other names of a value.
  var aliases: [String: String] = [:]
  var graph: Graph

  /// Bytes of weights that may still be copied out of tensors; nodes may share a tensor.
  private var allowance: Int

  /// Throws `ONNXError.Problem` or `GraphError`.
  static func graph(in bytes: Data, sizeLimit: Int) throws -> Graph {
    try ONNXStructure.check(bytes)
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    let model: ONNXModelProto
    do {
      model = try ONNXModelProto(serializedBytes: bytes, options: options)
    } catch {
      throw ONNXError.Problem.notONNX(reason: "\(error)")
    }
    guard model.hasGraph else { throw ONNXError.Problem.notONNX(reason: "it holds no graph") }
    var reader = try ONNXReader(model, sizeLimit: sizeLimit)
    for node in model.graph.node { try reader.append(node) }
    reader.graph.output = reader.resolved(reader.graph.output)
    try reader.graph.validateWeights()
    return reader.graph
  }

  private init(_ model: ONNXModelProto, sizeLimit: Int) throws {
    let version = model.opsetImport.first { ONNXOperator.isStandard(domain: $0.domain) }?.version
    guard let version, let opset = Int(exactly: version), ONNX.opsets.contains(opset) else {
      throw ONNXError.Problem.unsupportedOpset(version)
    }
    self.opset = opset
    allowance = sizeLimit

    let graph = model.graph
    constants = [:]
    for initializer in graph.initializer {
      guard constants.updateValue(ONNXTensor(initializer), forKey: initializer.name) == nil else {
        throw ONNXError.Problem.tensor(initializer.name, message: "is there twice")
      }
    }
    uses = (graph.node.flatMap(\.input) + graph.output.map(\.name)).reduce(into: [:]) {
      $0[$1, default: 0] += 1
    }

    // Files before IR version 4 list initializers among the inputs.
    let initializers = Set(constants.keys)
    let inputs = graph.input.filter { !initializers.contains($0.name) }
    guard inputs.count == 1, graph.output.count == 1 else {
      throw ONNXError.Problem.interface(
        message:
          "the network has \(inputs.count) inputs and \(graph.output.count) outputs; one of each is supported"
      )
    }
    let (batch, shape) = try Self.shape(of: inputs[0])
    guard shape.isLegal else { throw GraphError.illegalInputShape(shape) }
    self.batch = batch
    signals = [inputs[0].name: Graph.Signal(shape: shape, form: .map)]
    self.graph = Graph(
      name: graph.name, input: inputs[0].name, inputShape: shape, nodes: [], output: graph.output[0].name)
  }

  private static func shape(of input: ONNXValueInfoProto) throws -> (batch: Int?, TensorShape) {
    let tensor = input.type.tensorType
    guard tensor.elemType == ONNXTensor.floatType else {
      throw ONNXError.Problem.interface(
        message: "input \"\(input.name)\" has element type \(tensor.elemType); 1 (32-bit float) is supported")
    }
    let dimensions = tensor.shape.dim
    guard dimensions.count == 4 else {
      throw ONNXError.Problem.interface(
        message: "input \"\(input.name)\" has \(dimensions.count) dimensions; "
          + "4 are supported: batch, channels, height, width")
    }
    let extents = try dimensions.dropFirst().map { dimension in
      guard case .dimValue(let value) = dimension.value, let extent = Int(exactly: value) else {
        throw ONNXError.Problem.interface(
          message:
            "input \"\(input.name)\" leaves its channels, height or width open; only the batch may be open")
      }
      return extent
    }
    let shape = TensorShape(channels: extents[0], height: extents[1], width: extents[2])
    guard case .dimValue(let batch) = dimensions[0].value else { return (nil, shape) }
    return (Int(exactly: batch), shape)
  }

  /// Counts numbers that a layer keeps.
  mutating func take(_ numbers: [Float]) throws -> [Float] {
    allowance -= numbers.count * MemoryLayout<Float>.size
    guard allowance >= 0 else {
      throw ONNXError.Problem.notONNX(reason: "its layers share tensors and together exceed the size limit")
    }
    return numbers
  }

  /// The name under which the graph knows `value`.
  func resolved(_ value: String) -> String { aliases[value] ?? value }
}
