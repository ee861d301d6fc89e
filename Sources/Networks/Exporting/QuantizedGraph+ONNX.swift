import Core
import Evaluation
public import Foundation
import Networks
public import ONNX

extension QuantizedGraph {
  /// The bytes of an ONNX file whose every layer has the quantizers of its weights and inputs.
  ///
  /// In QONNX and QCDQ, biases stay floats, and so does what no layer reads. The bytes have been read back, and have the policy's widths.
  ///
  /// - Parameter weightBytes: How QDQ stores weights; the others have one way.
  /// - Throws: `ExportError.tooWide` or `notBytes` when the form has no container for a width; `noQuantizer`.
  public func onnx(as form: QuantizerWriting.Form, weightsIn weightBytes: WeightBytes = .int8) throws -> Data
  {
    switch form {
    case .qonnx: break
    case .qcdq: try ExportForm.qcdq.check(policy, for: network)
    case .qdq: try ExportForm.qdq.check(policy, for: network)
    }
    let quantizers = encodings.map { ($0.layer, WeightQuantization($0.weight)) }
    var writing = QuantizerWriting(form, weightQuantizers: Dictionary(uniqueKeysWithValues: quantizers))
    var written = try form == .qdq ? graphWithHeldValues() : graphWithQuantizers()
    if form == .qdq {
      written.coarsenWeights(&writing.weightQuantizers)
      if weightBytes == .uint8 { writing.weightQuantizers = writing.weightQuantizers.mapValues(\.unsigned) }
    }
    let bytes = try ONNX.encode(written, quantizers: writing)
    let readBack = try ONNX.decode(bytes, file: "the exported network").givenWidths
    for encoding in encodings {
      // Fewer bits are stored in bytes, and nothing in the file says so: a Clip would keep runtimes from fusing.
      let weight = form == .qdq ? .eight : encoding.weight.bits
      let expected = GivenWidths(weight: weight, activation: encoding.activation.bits)
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

extension WeightQuantization {
  /// The same numbers, stored in unsigned bytes.
  ///
  /// - Precondition: the quantized values fit 8 bits.
  fileprivate var unsigned: WeightQuantization {
    guard quantizedRange.lowerBound < 0 else { return self }
    return WeightQuantization(
      scales: scales, zeroPoint: zeroPoint + 128, quantizedRange: 0...255, width: .eight)
  }
}

extension GivenWidths {
  fileprivate var text: String {
    "W\(weight.map(\.description) ?? "float") A\(activation.map(\.description) ?? "float")"
  }
}
