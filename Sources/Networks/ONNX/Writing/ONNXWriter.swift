import Foundation
import Networks
import NumberFormats
import SwiftProtobuf

/// Writes a graph with weights as ONNX.
struct ONNXWriter {
  /// Old enough for every runtime in use, new enough for limits of Clip as inputs.
  private static let oldestOpset = 13
  private static let irVersion: Int64 = 8
  /// The version of the file format that has the types of operator set 19 and later: 8-bit floats and 4-bit integers.
  private static let irVersionOfSmallTypes: Int64 = 10

  let graph: Graph
  let shapes: [String: TensorShape]
  let quantizers: QuantizerWriting
  /// Of the values that quantizers give, by name.
  let scales: [String: Float]
  private let scalesByChannel: ScalesByChannel
  /// What layers of floats read in place of a quantized value.
  private var readByChannel: [String: String] = [:]
  private var proto = ONNXGraphProto()
  private var opset = oldestOpset
  private var usesQONNX = false
  private var usesSmallTypes = false
  /// Values and initializers share one space of names.
  private var names: Set<String>
  /// Runtimes refuse two nodes of one name; those of the graph keep theirs.
  private var nodeNames: Set<String>

  init(_ graph: Graph, quantizers: QuantizerWriting) throws {
    shapes = try graph.shapes()
    try graph.validateWeights()
    self.graph = graph
    self.quantizers = quantizers
    var scales: [String: Float] = [:]
    for node in graph.nodes {
      if case .fakeQuantize(let quantizer) = node.operation, quantizer.floats == nil {
        scales[node.output] = quantizer.scale
      }
    }
    self.scales = scales
    scalesByChannel = ScalesByChannel(graph, shapes: shapes, quantizers: quantizers)
    names = Set(shapes.keys)
    nodeNames = Set(graph.nodes.map(\.name))
  }

  func bytes() throws -> Data {
    var writer = self
    writer.proto.name = graph.name
    writer.proto.input = [Self.valueInfo(graph.input, graph.inputShape)]
    for (name, constant) in graph.constants.sorted(by: { $0.key < $1.key }) {
      writer.proto.initializer.append(Self.tensor(name, constant.extents, constant.values))
    }
    for node in graph.nodes { try writer.append(node) }
    // init proved that the outputs are values.
    writer.proto.output = graph.outputs.map { Self.valueInfo($0, shapes[$0]!) }

    var model = ONNXModelProto()
    model.irVersion = writer.usesSmallTypes ? Self.irVersionOfSmallTypes : Self.irVersion
    model.producerName = "haq"
    model.graph = writer.proto
    model.opsetImport = [Self.operators("", writer.opset)]
    if writer.usesQONNX { model.opsetImport.append(Self.operators(Self.qonnxDomain, 1)) }
    return try model.serializedBytes()
  }

  private static let qonnxDomain = "qonnx.custom_op.general"

  private static func operators(_ domain: String, _ version: Int) -> ONNXOperatorSetIdProto {
    var operators = ONNXOperatorSetIdProto()
    operators.domain = domain
    operators.version = Int64(version)
    return operators
  }

  private mutating func append(_ node: Node) throws {
    let forms = try forms(of: node)
    var inputs = node.inputs
    if let name = scalesByChannel.value(readBy: node).flatMap({ readByChannel[$0] }) { inputs[0] = name }
    if case .expand(let shape) = node.operation, let axis = shape.dimensions.firstIndex(where: \.isPerSample)
    {
      inputs.append(appendExtents(shape, batchAt: axis, of: node))
    }
    for (position, form) in forms.enumerated() {
      let isLast = position == forms.count - 1
      opset = max(opset, form.opset)
      var written = ONNXNodeProto()
      written.name = position == 0 ? node.name : unusedNodeName("\(node.name).\(position)")
      if isLast, let byChannel = scalesByChannel.form(form, of: node.output) {
        let isAlone = !scalesByChannel.isReadByOthers(node.output)
        readByChannel[node.output] = isAlone ? node.output : unusedName("\(node.output).channels")
        var other = ONNXNodeProto()
        other.name = isAlone ? written.name : unusedNodeName("\(node.name).channels")
        other.output = [readByChannel[node.output] ?? node.output]
        append(byChannel, as: other, reading: inputs, parametersOf: "\(node.name).channels")
        if isAlone { return }
      }
      written.output = [isLast ? node.output : unusedName("\(node.output).\(position)")]
      append(form, as: written, reading: inputs, parametersOf: node.name)
      inputs = written.output
    }
  }

  private mutating func append(
    _ form: ONNXForm, as named: ONNXNodeProto, reading inputs: [String], parametersOf node: String
  ) {
    var written = named
    written.opType = form.kind
    if form.kind == "Quant" {
      written.domain = Self.qonnxDomain
      usesQONNX = true
    }
    written.attribute = form.attributes.map(Self.attribute)
    written.input = inputs
    for parameter in form.parameters {
      written.input.append(parameter.map { append($0, of: node) } ?? "")
    }
    // An optional input at the end is left out altogether.
    while written.input.last == "" { written.input.removeLast() }
    proto.node.append(written)
  }

  /// The extents of a shape whose `axis` is a multiple of the batch, computed from the input.
  private mutating func appendExtents(_ shape: TensorShape, batchAt axis: Int, of node: Node) -> String {
    opset = max(opset, 15)
    let extents = shape.dimensions.map(\.factor)
    let parts = [Array(extents[..<axis]), [extents[axis]], Array(extents[(axis + 1)...])]
    var names = parts.enumerated().map { position, part in
      part.isEmpty ? "" : append(.integers("extents\(position)", part), of: node.name)
    }
    func added(_ kind: String, _ inputs: [String], _ attributes: [(String, ONNXForm.Attribute)]) -> String {
      var written = ONNXNodeProto()
      written.opType = kind
      written.input = inputs
      written.output = [unusedName("\(node.output).\(kind)")]
      written.name = unusedNodeName(written.output[0])
      written.attribute = attributes.map(Self.attribute)
      proto.node.append(written)
      return written.output[0]
    }
    let batch = added("Shape", [graph.input], [("start", .integer(0)), ("end", .integer(1))])
    names[1] = added("Mul", [batch, names[1]], [])
    return added("Concat", names.filter { !$0.isEmpty }, [("axis", .integer(0))])
  }

  private mutating func unusedName(_ wanted: String) -> String {
    var name = wanted
    while !names.insert(name).inserted { name += "_" }
    return name
  }

  private mutating func unusedNodeName(_ wanted: String) -> String {
    var name = wanted
    while !nodeNames.insert(name).inserted { name += "_" }
    return name
  }

  /// Returns the name that the initializer got, or what is computed of it.
  private mutating func append(_ parameter: ONNXForm.Parameter, of node: String) -> String {
    if case .quantized(let values, let quantizer, let axis) = parameter.content {
      let (stored, forms) = quantizer.forms(of: values, parameter, axis: axis, as: quantizers.form)
      return append(
        forms + parameter.movements, reading: append(stored, of: node), under: "\(node).\(parameter.name)")
    }
    if case .formatted(let values, let format, let axis) = parameter.content {
      let (stored, forms) = format.forms(of: values, parameter, axis: axis)
      return append(
        forms + parameter.movements, reading: append(stored, of: node), under: "\(node).\(parameter.name)")
    }
    let name = unusedName("\(node).\(parameter.name)")
    switch parameter.content {
    case .floats(let values): proto.initializer.append(Self.tensor(name, parameter.extents, values))
    case .integers(let values):
      var tensor = ONNXTensorProto()
      tensor.name = name
      tensor.dataType = ONNXElementType.signed64.rawValue
      tensor.dims = parameter.extents.map(Int64.init)
      tensor.rawData = values.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) }
      proto.initializer.append(tensor)
    case .smallIntegers(let values, let type):
      var tensor = ONNXTensorProto()
      tensor.name = name
      tensor.dataType = type.rawValue
      tensor.dims = parameter.extents.map(Int64.init)
      tensor.rawData =
        switch type.bits {
        case 32: values.map { Int32($0).littleEndian }.withUnsafeBytes { Data($0) }
        case 16:
          values.map { UInt16(truncatingIfNeeded: Int($0)).littleEndian }.withUnsafeBytes { Data($0) }
        default: Data(values.map { UInt8(truncatingIfNeeded: Int($0)) })
        }
      proto.initializer.append(tensor)
    case .halves(let values, let type):
      let format: FloatingFormat = type == .bfloat16 ? .bfloat16 : .float16
      let codes = values.map { UInt16(truncatingIfNeeded: format.encode($0)).littleEndian }
      proto.initializer.append(
        Self.tensor(name, parameter.extents, type, codes.withUnsafeBytes { Data($0) }))
    case .codes(let codes, let type):
      usesSmallTypes = true
      proto.initializer.append(Self.tensor(name, parameter.extents, type, Data(codes)))
    case .quantized, .formatted: preconditionFailure("written above")
    }
    return name
  }

  /// Nodes that make a layer's parameter of what is stored; returns the name of the result.
  private mutating func append(_ forms: [ONNXForm], reading stored: String, under name: String) -> String {
    var value = stored
    for form in forms {
      opset = max(opset, form.opset)
      var written = ONNXNodeProto()
      written.output = [unusedName("\(name).\(form.kind)")]
      written.name = unusedNodeName(written.output[0])
      append(form, as: written, reading: [value], parametersOf: name)
      value = written.output[0]
    }
    return value
  }

  private static func tensor(_ name: String, _ extents: [Int], _ contents: [Float]) -> ONNXTensorProto {
    let bytes = contents.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    return tensor(name, extents, .float32, bytes)
  }

  private static func tensor(
    _ name: String, _ extents: [Int], _ type: ONNXElementType, _ bytes: Data
  ) -> ONNXTensorProto {
    var tensor = ONNXTensorProto()
    tensor.name = name
    tensor.dataType = type.rawValue
    tensor.dims = extents.map(Int64.init)
    tensor.rawData = bytes
    return tensor
  }

  private static func attribute(_ name: String, _ value: ONNXForm.Attribute) -> ONNXAttributeProto {
    var attribute = ONNXAttributeProto()
    attribute.name = name
    switch value {
    case .integer(let number): (attribute.type, attribute.i) = (.int, Int64(number))
    case .integers(let list): (attribute.type, attribute.ints) = (.ints, list.map(Int64.init))
    case .float(let number): (attribute.type, attribute.f) = (.float, number)
    case .text(let text): (attribute.type, attribute.s) = (.string, Data(text.utf8))
    }
    return attribute
  }

  /// A float value whose batch is the symbol `N`; a multiple of it is left open.
  private static func valueInfo(_ name: String, _ shape: TensorShape) -> ONNXValueInfoProto {
    var info = ONNXValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = ONNXElementType.float32.rawValue
    info.type.tensorType.shape.dim = shape.dimensions.map { extent in
      var dimension = ONNXTensorShapeProto.Dimension()
      if let fixed = extent.fixed {
        dimension.dimValue = Int64(fixed)
      } else {
        dimension.dimParam = "\(extent)"
      }
      return dimension
    }
    return info
  }
}
