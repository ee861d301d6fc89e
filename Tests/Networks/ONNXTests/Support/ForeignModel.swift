import Foundation

/// An ONNX file as other programs might write it; field numbers are those of onnx.proto.
struct ForeignModel {
  var opset: Int64? = 13
  var name = "foreign"
  var inputs = [Value(name: "x", dimensions: [nil, 1, 4, 4])]
  var outputs = ["y"]
  var initializers: [Tensor] = []
  var nodes: [Node] = []

  struct Value {
    var name: String
    var elementType: Int64 = 1
    /// Nil is symbolic.
    var dimensions: [Int64?]
  }

  struct Tensor {
    var name: String
    var dimensions: [Int64]
    var type: Int64 = 1
    var raw: [UInt8]?
    var floats: [Float] = []
    /// Listed as 32-bit integers.
    var integers: [Int64] = []
    var location: Int64?
    /// Where the contents are when they are in another file.
    var external: [String: String] = [:]

    init(_ name: String, _ dimensions: [Int64], _ values: [Float]) {
      (self.name, self.dimensions) = (name, dimensions)
      raw = values.flatMap { littleEndian($0) }
    }

    init(_ name: String, integers: [Int64]) {
      (self.name, dimensions, type) = (name, [Int64(integers.count)], 7)
      raw = integers.flatMap { littleEndian($0) }
    }

    var message: ProtobufMessage {
      var message = ProtobufMessage()
      for dimension in dimensions { message.append(1, integer: dimension) }
      message.append(2, integer: type)
      if !floats.isEmpty { message.append(4, bytes: floats.flatMap { littleEndian($0) }) }
      for integer in integers { message.append(5, integer: integer) }
      message.append(8, text: name)
      if let raw { message.append(9, bytes: raw) }
      for (key, value) in external.sorted(by: { $0.key < $1.key }) {
        var entry = ProtobufMessage()
        entry.append(1, text: key)
        entry.append(2, text: value)
        message.append(13, message: entry)
      }
      if let location { message.append(14, integer: location) }
      return message
    }
  }

  struct Node {
    var name: String
    var kind: String
    var inputs: [String]
    var outputs: [String]
    var attributes: [String: Attribute] = [:]
    var domain: String?

    init(
      _ name: String, _ kind: String, _ inputs: [String], _ outputs: [String],
      _ attributes: [String: Attribute] = [:]
    ) {
      (self.name, self.kind, self.inputs, self.outputs) = (name, kind, inputs, outputs)
      self.attributes = attributes
    }
  }

  enum Attribute {
    case integer(Int64)
    case float(Float)
    case integers([Int64])
    case text(String)
    case tensor(Tensor)
  }

  var data: Data {
    var graph = ProtobufMessage()
    for node in nodes { graph.append(1, message: message(node)) }
    graph.append(2, text: name)
    for tensor in initializers { graph.append(5, message: tensor.message) }
    for value in inputs { graph.append(11, message: message(value)) }
    for output in outputs { graph.append(12, message: message(Value(name: output, dimensions: [nil]))) }

    var model = ProtobufMessage()
    model.append(1, integer: 7)
    model.append(7, message: graph)
    if let opset {
      var operators = ProtobufMessage()
      operators.append(2, integer: opset)
      model.append(8, message: operators)
    }
    return Data(model.bytes)
  }

  private func message(_ node: Node) -> ProtobufMessage {
    var message = ProtobufMessage()
    for input in node.inputs { message.append(1, text: input) }
    for output in node.outputs { message.append(2, text: output) }
    message.append(3, text: node.name)
    message.append(4, text: node.kind)
    for (key, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
      var attribute = ProtobufMessage()
      attribute.append(1, text: key)
      let type: Int64
      switch value {
      case .float(let number):
        attribute.append(2, float: number)
        type = 1
      case .integer(let number):
        attribute.append(3, integer: number)
        type = 2
      case .text(let text):
        attribute.append(4, text: text)
        type = 3
      case .tensor(let tensor):
        attribute.append(5, message: tensor.message)
        type = 4
      case .integers(let numbers):
        for number in numbers { attribute.append(8, integer: number) }
        type = 7
      }
      attribute.append(20, integer: type)
      message.append(5, message: attribute)
    }
    if let domain = node.domain { message.append(7, text: domain) }
    return message
  }

  private func message(_ value: Value) -> ProtobufMessage {
    var shape = ProtobufMessage()
    for dimension in value.dimensions {
      var extent = ProtobufMessage()
      if let dimension { extent.append(1, integer: dimension) } else { extent.append(2, text: "N") }
      shape.append(1, message: extent)
    }
    var tensor = ProtobufMessage()
    tensor.append(1, integer: value.elementType)
    tensor.append(2, message: shape)
    var type = ProtobufMessage()
    type.append(1, message: tensor)
    var message = ProtobufMessage()
    message.append(1, text: value.name)
    message.append(2, message: type)
    return message
  }
}
