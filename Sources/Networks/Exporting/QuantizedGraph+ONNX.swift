import Core
import Evaluation
public import Foundation
public import Networks
import NumberFormats
public import ONNX

extension QuantizedGraph {
  /// The bytes of an ONNX file whose every layer has the quantizers of its weights and inputs.
  ///
  /// In all forms but QDQ, biases stay floats, and so does what no layer reads. The bytes have been read back, and have the
  /// policy's widths.
  ///
  /// - Parameter weightBytes: How QDQ stores weights; the others have one way.
  /// - Throws: `ExportError.tooWide` or `notBytes` when the form has no container for a width; `noQuantizer`, `zeroPoints`.
  public func onnx(as form: QuantizerWriting.Form, weightsIn weightBytes: WeightBytes = .int8) throws -> Data
  {
    switch form {
    case .qonnx: break
    case .qcdq: try ExportForm.qcdq.check(policy, for: network)
    case .qdq: try ExportForm.qdq.check(policy, for: network)
    case .tensorrt:
      try ExportForm.tensorrt.check(policy, for: network)
      try ExportForm.tensorrt.check(encodings)
    }
    var writing = QuantizerWriting(form)
    for encoding in encodings {
      switch encoding.weight {
      case .integers(let quantizer):
        writing.weightQuantizers[encoding.layer] = WeightQuantization(quantizer)
      case .other(let other):
        // Where nothing is cast, the types of layers are not in the file.
        if form == .tensorrt, other.format.bits > 8 { break }
        writing.weightFormats[encoding.layer] = WeightFormat(other)
      }
    }
    var written = try graph(as: form)
    if form == .qdq {
      written.coarsenWeights(&writing.weightQuantizers)
      if weightBytes == .uint8 { writing.weightQuantizers = writing.weightQuantizers.mapValues(\.unsigned) }
    }
    let bytes = try ONNX.encode(written, quantizers: writing)
    let readBack = try ONNX.decode(bytes, file: "the exported network").givenWidths
    let widthsRead = written.widthsRead
    for encoding in encodings {
      let expected = GivenWidths(
        weight: encoding.weight.readBack(from: form),
        // A layer of floats may read what an integer layer gives.
        activation: encoding.activation.readBack(from: form) ?? widthsRead[encoding.layer])
      // A layer that the file leaves in floats is not among them.
      let found = readBack[encoding.layer] ?? GivenWidths()
      guard found == expected else {
        throw ExportError.readsBackOtherwise(
          layer: encoding.layer, found: found.text, expected: expected.text)
      }
    }
    return bytes
  }

  /// The network with the form's quantizers.
  private func graph(as form: QuantizerWriting.Form) throws -> Graph {
    switch form {
    case .qonnx: try graphWithQuantizers { FakeQuantization($0) }
    case .qcdq: try graphWithQuantizers { FakeQuantization($0) }.withClampsBeforeFloats8()
    case .qdq: try graphWithHeldValues().withClampsBeforeFloats8()
    case .tensorrt: try graphWithQuantizers(\.symmetric)
    }
  }

  /// What `qdq` writes and a runtime computes: every quantizer where it is in the file, and the weights' scales.
  ///
  /// - Throws: as `onnx(as:)` does.
  public func deployment() throws -> Deployment {
    try ExportForm.qdq.check(policy, for: network)
    var quantizers: [String: WeightQuantization] = [:]
    for encoding in encodings {
      if let weight = encoding.weight.integers { quantizers[encoding.layer] = WeightQuantization(weight) }
    }
    var graph = try graphWithHeldValues()
    graph.coarsenWeights(&quantizers)
    return Deployment(
      graph: graph,
      weightScales: quantizers.filter { integerLayers.contains($0.key) }.mapValues(\.scales))
  }

  /// A network as runtimes execute it.
  public struct Deployment: Sendable {
    public var graph: Graph
    /// Of the layers that are computed in integers: one scale, or one for each output channel.
    public var weightScales: [String: [Float]]
  }

  /// Each layer behind the quantizer of its input; layers that read one value with one quantizer share it.
  ///
  /// - Parameter quantizer: Nil for floats.
  private func graphWithQuantizers(_ quantizer: (TensorEncoding) -> FakeQuantization?) throws -> Graph {
    let byLayer = Dictionary(
      uniqueKeysWithValues: encodings.compactMap { encoding in
        quantizer(encoding.activation).map { (encoding.layer, $0) }
      })
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
              name: name, operation: .fakeQuantize(quantizer), inputs: [node.inputs[0]], output: name))
        }
        node.inputs[0] = quantized[reading]!
      }
      result.nodes.append(node)
    }
    return result
  }

  private struct Reading: Hashable {
    var value: String
    var quantizer: FakeQuantization
  }
}

extension Graph {
  /// The widths of the quantizers that layers read, by name of the layer.
  fileprivate var widthsRead: [String: BitWidth] {
    var widths: [String: BitWidth] = [:]
    var read: [String: BitWidth] = [:]
    for node in nodes {
      if case .fakeQuantize(let quantizer) = node.operation { widths[node.output] = quantizer.width }
      if node.isLayer { read[node.name] = widths[node.inputs[0]] }
    }
    return read
  }
}

extension TensorEncoding {
  /// The width that a reader of the file finds; nil where nothing rounds the numbers.
  fileprivate func readBack(from form: QuantizerWriting.Form) -> BitWidth? {
    switch self {
    case .integers(let quantizer):
      // Fewer bits are stored in bytes, and nothing in the file says so: a Clip would keep runtimes from fusing.
      let isInBytes = (form == .qdq || form == .tensorrt) && quantizer.bits.bits < 8
      return isInBytes ? .eight : quantizer.bits
    case .other(let encoding):
      switch encoding.format.format {
      case .floating(.float32): return nil
      case .floating(let floats): return form == .tensorrt && floats.bits > 8 ? nil : encoding.format
      case .integerGroups(let groups): return BitWidth(groups.integer.bits > 4 ? 8 : 4)
      default: return nil
      }
    }
  }

  /// In signed bytes without zero point, as TensorRT has them; nil for floats of 16 and 32 bits.
  ///
  /// What is never negative keeps its largest number, so that its steps become twice as wide.
  fileprivate var symmetric: FakeQuantization? {
    switch self {
    case .integers(let quantizer):
      let reach = max(quantizer.zeroPoint - quantizer.lowest, quantizer.highest - quantizer.zeroPoint)
      return FakeQuantization(
        scale: quantizer.scales[0] * (Float(reach) / 127), zeroPoint: 0, quantizedRange: -128...127,
        width: .eight)
    case .other(let encoding): return encoding.format.bits > 8 ? nil : FakeQuantization(self)
    }
  }
}

extension WeightFormat {
  /// Nil for 32-bit floats, and for formats that ONNX forms do not have.
  fileprivate init?(_ encoding: FormatEncoding) {
    switch encoding.format.format {
    case .floating(.float16): self = .float16
    case .floating(.bfloat16): self = .bfloat16
    case .floating(let floats) where floats.bits == 8: self = .scaled(floats, scales: encoding.scales)
    case .integerGroups(let groups): self = .groups(groups, scales: encoding.scales)
    default: return nil
    }
  }
}

extension FakeQuantization {
  /// Nil for 32-bit floats.
  init?(_ encoding: TensorEncoding) {
    switch encoding {
    case .integers(let quantizer): self.init(quantizer)
    case .other(let other):
      guard other.format != .float, case .floating(let floats) = other.format.format else { return nil }
      self.init(floats, scale: other.scales.first ?? 1)
    }
  }

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
