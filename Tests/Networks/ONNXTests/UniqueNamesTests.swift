import Core
import Foundation
import Networks
import ONNX
import Testing

/// Runtimes refuse a file in which two nodes have one name, or two values.
@Suite("Names in written files")
struct UniqueNamesTests {
  /// What the writer adds to a node's name, and what exporters do.
  private static let suffixes = [
    "", ".1", ".2", ".1.1", ".weight", ".bias", ".weight.DequantizeLinear", ".weight.Clip", ".weight.Quant",
    ".scale", ".input",
  ]

  /// A layer for each name, products of more than one row among them; each reads its own quantizer.
  private func graph(_ names: [String]) throws -> Graph {
    let quantizer = FakeQuantization(scale: 0.5, zeroPoint: 0, quantizedRange: 0...7, width: BitWidth(3)!)
    var nodes: [Node] = []
    var value = "input"
    for (index, name) in names.enumerated() {
      let operation: Networks.Operation =
        index.isMultiple(of: 2) ? .fakeQuantize(quantizer) : .fullyConnected(outputs: 2)
      nodes.append(Node(name: name, operation: operation, inputs: [value], output: "v\(index)"))
      value = "v\(index)"
    }
    let rows = TensorShape([.batch, Dimension(3), Dimension(2)])
    var graph = Graph(name: "n", input: "input", inputShape: rows, nodes: nodes, output: value)
    for node in nodes where node.operation == .fullyConnected(outputs: 2) {
      graph.weights[node.name] = LayerWeights(weight: [1, 0.5, -0.5, 1], bias: [1, 2])
    }
    return graph
  }

  @Test(
    "whatever layers and quantizers are called, no two nodes or values have one name",
    arguments: [QuantizerWriting.Form.qonnx, .qcdq], [false, true])
  func everyPair(_ form: QuantizerWriting.Form, isReversed: Bool) throws {
    for first in Self.suffixes {
      for second in Self.suffixes where first != second {
        let pair = ["X\(first)", "X\(second)", "Y\(first)", "Y\(second)"]
        let graph = try graph(isReversed ? pair.reversed() : pair)
        let quantizer = WeightQuantization(
          scales: [0.5, 0.5], zeroPoint: 0, quantizedRange: -3...3, width: BitWidth(3)!)
        let quantizers = graph.weights.mapValues { _ in quantizer }
        let bytes = try ONNX.encode(graph, quantizers: QuantizerWriting(form, weightQuantizers: quantizers))
        let written = try WrittenNames(bytes)
        #expect(Set(written.nodes).count == written.nodes.count, "\(pair): \(written.nodes)")
        #expect(Set(written.values).count == written.values.count, "\(pair): \(written.values)")
        let read = try ONNX.decode(bytes, file: "memory")
        #expect(read.weights.values.map(\.bias) == graph.weights.values.map(\.bias), "\(pair)")
      }
    }
  }

  @Test("parts of one node give way to nodes of the file that have their names")
  func reading() throws {
    var model = ForeignModel()
    model.opset = 18
    // Mish is softplus, tanh and a product; the first two would be called m.softplus and m.tanh.
    model.nodes = [
      ForeignModel.Node("m.softplus", "Relu", ["x"], ["y.tanh"]),
      ForeignModel.Node("m", "Mish", ["y.tanh"], ["z"]),
      ForeignModel.Node("", "Relu", ["z"], ["m"]), ForeignModel.Node("last", "Neg", ["m"], ["y"]),
    ]
    let names = try ONNX.decode(model.data, file: "net.onnx").nodes.map(\.name)
    #expect(Set(names).count == 6 && names.count == 6, "\(names)")
  }
}

/// The names of an ONNX file, read from its bytes: field numbers are those of onnx.proto.
private struct WrittenNames {
  var nodes: [String] = []
  /// Results of nodes, and initializers.
  var values: [String] = []

  init(_ model: Data) throws {
    for graph in Self.fields(model, 7) {
      for node in Self.fields(graph, 1) {
        nodes += Self.fields(node, 3).map { String(decoding: $0, as: UTF8.self) }
        values += Self.fields(node, 2).map { String(decoding: $0, as: UTF8.self) }
      }
      for tensor in Self.fields(graph, 5) {
        values += Self.fields(tensor, 8).map { String(decoding: $0, as: UTF8.self) }
      }
    }
  }

  /// The contents of all fields of one number that have a length.
  private static func fields(_ message: Data, _ wanted: Int) -> [Data] {
    var (rest, found): (Data, [Data]) = (message, [])
    func varint() -> Int {
      var (value, shift) = (0, 0)
      while let byte = rest.popFirst() {
        value |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      return value
    }
    while !rest.isEmpty {
      let key = varint()
      switch key & 7 {
      case 0: _ = varint()
      case 2:
        let length = varint()
        if key >> 3 == wanted { found.append(Data(rest.prefix(length))) }
        rest = rest.dropFirst(length)
      default: rest = rest.dropFirst(key & 7 == 1 ? 8 : 4)
      }
    }
    return found
  }
}
