public import Core
public import Evaluation
import Foundation
import NumberFormats

/// The quantization config of NVIDIA's Model Optimizer for a quantized network: which quantizers of which modules are on.
///
/// Fields and their meanings are those of `QuantizeConfig` and `QuantizerAttributeConfig` in nvidia-modelopt 0.47. It is YAML,
/// since axes of blocks are integer keys, which JSON does not have. Everything is off first; then each layer switches on the
/// quantizers of its operands that are no floats of 16 or 32 bits.
public struct ModelOptConfig: Hashable, Sendable {
  public let text: String

  /// - Parameters:
  ///   - encodings: One for each layer, in order.
  ///   - modules: The names of the layers as modules of the model.
  /// - Precondition: `ExportForm.modelopt` expresses every pair, and there are as many layers and modules as encodings.
  public init(_ encodings: [LayerEncoding], of network: Network, modules: [String]) {
    var lines = ["quant_cfg:", #"- {"quantizer_name": "*", "enable": false}"#]
    for (index, encoding) in encodings.enumerated() {
      // Transposed convolutions have outputs on the second axis of weights.
      let axis = network.layers[index].kind == .transposedConvolution ? 1 : 0
      let quantizers = [
        ("weight", Self.attributes(ofWeights: encoding.weight, outputAxis: axis)),
        ("input", Self.attributes(ofActivations: encoding.activation)),
      ]
      for case (let role, let attributes?) in quantizers {
        let name = "\(modules[index].escapedForGlob).\(role)_quantizer".quoted
        lines.append(#"- {"quantizer_name": \#(name), "cfg": {\#(attributes)}}"#)
      }
    }
    text = (lines + ["algorithm: max"]).joined(separator: "\n") + "\n"
  }

  /// Nil for floats of 16 and 32 bits.
  private static func attributes(ofWeights encoding: TensorEncoding, outputAxis: Int) -> String? {
    func axis(_ scales: [Float]) -> String { scales.count == 1 ? "null" : "\(outputAxis)" }
    switch encoding {
    case .integers(let quantizer): return attributes(of: quantizer, axis: axis(quantizer.scales))
    case .other(let other):
      return attributes(of: other.format, axis: axis(other.scales))
    }
  }

  /// Nil for floats of 16 and 32 bits.
  private static func attributes(ofActivations encoding: TensorEncoding) -> String? {
    switch encoding {
    case .integers(let quantizer): attributes(of: quantizer, axis: "null")
    case .other(let other): attributes(of: other.format, axis: "null")
    }
  }

  private static func attributes(of quantizer: QuantizerEncoding, axis: String) -> String {
    // Without the number that only one sign has; of what is never negative, all bits are for the magnitude.
    let range = quantizer.lowest < quantizer.zeroPoint ? #""narrow_range": true"# : #""unsigned": true"#
    return #""num_bits": \#(quantizer.bits.bits), "axis": \#(axis), \#(range)"#
  }

  private static func attributes(of width: BitWidth, axis: String) -> String? {
    switch width.format {
    case .floating(.float8E4M3): return #""num_bits": [4, 3], "axis": \#(axis)"#
    case .integerGroups(let groups):
      return
        #""num_bits": \#(groups.integer.bits), "narrow_range": true, "block_sizes": {-1: \#(groups.length.rawValue), "type": "static"}"#
    case .microscaling(let format):
      return blocks(of: format.element, length: MicroscalingFormat.blockLength, scale: "[8, 0]")
    case .nvfp4: return blocks(of: .float4E2M1, length: NVFP4Quantizer.blockLength, scale: "[4, 3]")
    default: return nil
    }
  }

  private static func blocks(of element: FloatingFormat, length: Int, scale: String) -> String {
    #""num_bits": [\#(element.exponentBits), \#(element.fractionBits)], "block_sizes": {-1: \#(length), "type": "dynamic", "scale_bits": \#(scale)}"#
  }
}

extension String {
  /// The text as a pattern of Python's `fnmatch` that matches it alone.
  fileprivate var escapedForGlob: String {
    map { "*?[".contains($0) ? "[\($0)]" : "\($0)" }.joined()
  }

  /// In quotation marks, as JSON and YAML have it.
  fileprivate var quoted: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // A text is always valid JSON.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\(self)\""
  }
}
