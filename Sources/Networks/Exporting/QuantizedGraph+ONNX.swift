import Core
import Evaluation
public import Foundation
import Networks
public import ONNX

extension QuantizedGraph {
  /// The bytes of an ONNX file whose every layer has the quantizers of its weights and inputs.
  ///
  /// Biases stay floats, and so does what no layer reads. The bytes have been read back, and have the policy's widths.
  ///
  /// - Throws: `ExportError.tooWide` when the form has no container for a width.
  public func onnx(as form: QuantizerWriting.Form) throws -> Data {
    if form == .qcdq { try ExportForm.qcdq.check(policy, for: network) }
    let grids = encodings.map { ($0.layer, WeightGrid($0.weight)) }
    let bytes = try ONNX.encode(
      graphWithQuantizers(),
      quantizers: QuantizerWriting(form, weightGrids: Dictionary(uniqueKeysWithValues: grids)))
    let readBack = try ONNX.decode(bytes, file: "the exported network").givenWidths
    for encoding in encodings {
      let expected = GivenWidths(weight: encoding.weight.bits, activation: encoding.activation.bits)
      guard readBack[encoding.layer] == expected else {
        throw ExportError.readsBackOtherwise(
          layer: encoding.layer, found: (readBack[encoding.layer] ?? GivenWidths()).text,
          expected: expected.text)
      }
    }
    return bytes
  }

  /// Each layer behind the quantizer of its input; layers that read one value on one grid share it.
  func graphWithQuantizers() throws -> Graph {
    let byLayer = Dictionary(uniqueKeysWithValues: encodings.map { ($0.layer, $0.activation) })
    var taken = Set(try graph.shapes().keys).union(graph.nodes.map(\.name))
    var quantized: [Reading: String] = [:]
    var result = graph
    result.nodes = []
    for var node in graph.nodes {
      if let grid = byLayer[node.name] {
        let reading = Reading(value: node.inputs[0], grid: grid)
        if quantized[reading] == nil {
          var name = "\(node.name).input"
          while !taken.insert(name).inserted { name += "_" }
          quantized[reading] = name
          result.nodes.append(
            Node(
              name: name, operation: .fakeQuantize(FakeQuantization(grid)), inputs: [node.inputs[0]],
              output: name))
        }
        node.inputs[0] = quantized[reading]!
      }
      result.nodes.append(node)
    }
    return result
  }

  private struct Reading: Hashable {
    var value: String
    var grid: GridEncoding
  }
}

extension FakeQuantization {
  /// - Precondition: the grid has one scale.
  fileprivate init(_ grid: GridEncoding) {
    self.init(
      scale: grid.scales[0], zeroPoint: Float(grid.zeroPoint),
      codes: Float(grid.lowest)...Float(grid.highest), width: grid.bits)
  }
}

extension WeightGrid {
  fileprivate init(_ grid: GridEncoding) {
    self.init(
      scales: grid.scales, zeroPoint: Float(grid.zeroPoint),
      codes: Float(grid.lowest)...Float(grid.highest), width: grid.bits)
  }
}

extension GivenWidths {
  fileprivate var text: String {
    "W\(weight.map(\.description) ?? "float") A\(activation.map(\.description) ?? "float")"
  }
}
