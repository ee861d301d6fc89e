import Foundation
import SwiftProtobuf

/// Writes a graph with weights as ONNX.
struct ONNXWriter {
  /// Old enough for every runtime in use, new enough for limits of Clip as inputs.
  private static let opset: Int64 = 13
  private static let irVersion: Int64 = 8

  private let graph: Graph
  private let signals: [String: Graph.Signal]
  private var proto = ONNXGraphProto()
  /// Values and initializers share one space of names.
  private var names: Set<String>

  init(_ graph: Graph) throws {
    signals = try graph.signals()
    try graph.validateWeights()
    self.graph = graph
    names = Set(signals.keys)
  }

  func bytes() throws -> Data {
    var writer = self
    writer.proto.name = graph.name
    writer.proto.input = [Self.valueInfo(graph.input, Graph.Signal(shape: graph.inputShape, form: .map))]
    for node in graph.nodes { writer.append(node) }
    // init proved that the output is a value.
    writer.proto.output = [Self.valueInfo(graph.output, signals[graph.output]!)]

    var model = ONNXModelProto()
    model.irVersion = Self.irVersion
    model.producerName = "haq"
    model.graph = writer.proto
    var operators = ONNXOperatorSetIdProto()
    operators.domain = ""
    operators.version = Self.opset
    model.opsetImport = [operators]
    return try model.serializedBytes()
  }

  private mutating func append(_ node: Node) {
    var written = ONNXNodeProto()
    written.name = node.name
    written.input = node.inputs
    written.output = [node.output]
    let kind: ONNXOperator
    switch node.operation {
    case .convolution(let convolution):
      kind = .convolution
      written.attribute = [
        Self.attribute("dilations", [1, 1]), Self.attribute("group", convolution.groups),
        Self.attribute("kernel_shape", [convolution.kernel, convolution.kernel]),
        Self.attribute("pads", [Int](repeating: convolution.padding, count: 4)),
        Self.attribute("strides", [convolution.stride, convolution.stride]),
      ]
      let channels = signals[node.inputs[0]]!.shape.channels / convolution.groups
      written.input += appendWeights(
        of: node,
        dimensions: [convolution.outputChannels, channels, convolution.kernel, convolution.kernel])
    case .fullyConnected(let outputs):
      kind = .fullyConnected
      written.attribute = [Self.attribute("transB", 1)]
      written.input += appendWeights(
        of: node, dimensions: [outputs, signals[node.inputs[0]]!.shape.channels])
    case .relu:
      kind = .relu
    case .clip(let lowest, let highest):
      kind = .clip
      written.input += [
        appendInitializer("\(node.name).lowest", dimensions: [], [lowest]),
        appendInitializer("\(node.name).highest", dimensions: [], [highest]),
      ]
    case .add:
      kind = .add
    case .maxPool(let kernel, let stride, let padding):
      kind = .maxPool
      written.attribute = [
        Self.attribute("kernel_shape", [kernel, kernel]),
        Self.attribute("pads", [Int](repeating: padding, count: 4)),
        Self.attribute("strides", [stride, stride]),
      ]
    case .globalAveragePool:
      kind = .globalAveragePool
    case .flatten:
      kind = .flatten
      written.attribute = [Self.attribute("axis", 1)]
    }
    written.opType = kind.rawValue
    proto.node.append(written)
  }

  private mutating func appendWeights(of node: Node, dimensions: [Int]) -> [String] {
    // init proved that every layer has its weights.
    let layer = graph.weights[node.name]!
    return [
      appendInitializer("\(node.name).weight", dimensions: dimensions, layer.weight),
      appendInitializer("\(node.name).bias", dimensions: [layer.bias.count], layer.bias),
    ]
  }

  /// Returns the name that the initializer got.
  private mutating func appendInitializer(
    _ wanted: String, dimensions: [Int], _ contents: [Float]
  ) -> String {
    var name = wanted
    while !names.insert(name).inserted { name += "_" }
    var tensor = ONNXTensorProto()
    tensor.name = name
    tensor.dataType = ONNXTensor.floatType
    tensor.dims = dimensions.map(Int64.init)
    tensor.rawData = contents.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    proto.initializer.append(tensor)
    return name
  }

  private static func attribute(_ name: String, _ value: Int) -> ONNXAttributeProto {
    var attribute = ONNXAttributeProto()
    attribute.name = name
    attribute.type = .int
    attribute.i = Int64(value)
    return attribute
  }

  private static func attribute(_ name: String, _ values: [Int]) -> ONNXAttributeProto {
    var attribute = ONNXAttributeProto()
    attribute.name = name
    attribute.type = .ints
    attribute.ints = values.map(Int64.init)
    return attribute
  }

  /// A float value whose batch is the symbol `N`.
  private static func valueInfo(_ name: String, _ signal: Graph.Signal) -> ONNXValueInfoProto {
    var batch = ONNXTensorShapeProto.Dimension()
    batch.dimParam = "N"
    let shape = signal.shape
    let extents = signal.form == .vector ? [shape.channels] : [shape.channels, shape.height, shape.width]
    let dimensions = extents.map { extent in
      var dimension = ONNXTensorShapeProto.Dimension()
      dimension.dimValue = Int64(extent)
      return dimension
    }
    var info = ONNXValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = ONNXTensor.floatType
    info.type.tensorType.shape.dim = [batch] + dimensions
    return info
  }
}
