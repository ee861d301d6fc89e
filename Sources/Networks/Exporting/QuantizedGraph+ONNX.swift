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
    let quantizers = encodings.map { ($0.layer, WeightQuantization($0.weight)) }
    let bytes = try ONNX.encode(
      graphWithQuantizers(),
      quantizers: QuantizerWriting(form, weightQuantizers: Dictionary(uniqueKeysWithValues: quantizers)))
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

  /// Each layer behind the quantizer of its input; layers that read one value with one quantizer share it.
  func graphWithQuantizers() throws -> Graph {
    let byLayer = Dictionary(uniqueKeysWithValues: encodings.map { ($0.layer, $0.activation) })
    var taken = Set(try graph.shapes().keys).union(graph.nodes.map(\.name))
    var quantized: [Reading: String] = [:]
    var result = graph
    result.nodes = []
    for var node in graph.nodes {
      if let quantizer = byLayer[node.name] {
        let reading = Reading(value: node.inputs[0], quantizer: quantizer)
        if quantized[reading] == nil {
          var name = "\(node.name).input"
          while !taken.insert(name).inserted { name += "_" }
          quantized[reading] = name
          result.nodes.append(
            Node(
              name: name, operation: .fakeQuantize(FakeQuantization(quantizer)), inputs: [node.inputs[0]],
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
    var quantizer: QuantizerEncoding
  }
}

extension FakeQuantization {
  /// - Precondition: the quantizer has one scale.
  fileprivate init(_ quantizer: QuantizerEncoding) {
    self.init(
      scale: quantizer.scales[0], zeroPoint: Float(quantizer.zeroPoint),
      quantizedRange: Float(quantizer.lowest)...Float(quantizer.highest), width: quantizer.bits)
  }
}

extension WeightQuantization {
  fileprivate init(_ quantizer: QuantizerEncoding) {
    self.init(
      scales: quantizer.scales, zeroPoint: Float(quantizer.zeroPoint),
      quantizedRange: Float(quantizer.lowest)...Float(quantizer.highest), width: quantizer.bits)
  }
}

extension GivenWidths {
  fileprivate var text: String {
    "W\(weight.map(\.description) ?? "float") A\(activation.map(\.description) ?? "float")"
  }
}
