public import Core

/// What a quantized network is written as.
public enum ExportForm: String, Hashable, Sendable, Codable, CaseIterable {
  /// ONNX with `Quant` nodes of any width (https://github.com/fastmachinelearning/qonnx), which FINN and Brevitas read.
  case qonnx
  /// ONNX with QuantizeLinear, Clip and DequantizeLinear, which every runtime executes; quantized values in containers of 8 bits.
  case qcdq
  /// ONNX with QuantizeLinear and DequantizeLinear where runtimes fuse them into integer operators; 8 bits.
  case qdq
  /// The quantizers alone, as JSON: `docs/export.md`.
  case encodings

  /// Throws `ExportError.tooWide` or `notBytes`, with all of them, when the form has no container for widths of the policy.
  ///
  /// - Precondition: the policy has one precision for each layer.
  public func check(_ policy: Policy, for network: Network) throws {
    func layers(where isWrong: (_ width: BitWidth, _ isWeight: Bool) -> Bool) -> [String] {
      zip(network.layers, policy.precisions).flatMap { layer, precision in
        [(precision.weight, "weights", true), (precision.activation, "activations", false)]
          .filter { isWrong($0.0, $0.2) }.map { "\(layer.name) with \($0.0)-bit \($0.1)" }
      }
    }
    switch self {
    case .qonnx, .encodings: return
    case .qcdq:
      let wide = layers { width, _ in width > .eight }
      guard wide.isEmpty else { throw ExportError.tooWide(wide) }
    case .qdq:
      let wrong = layers { width, isWeight in isWeight ? width > .eight : width != .eight }
      guard wrong.isEmpty else { throw ExportError.notBytes(wrong) }
    }
  }
}

/// How `qdq` stores a quantized weight.
public enum WeightBytes: String, Hashable, Sendable, CaseIterable {
  case int8
  /// With the zero point 128. onnxruntime's kernels for unsigned weights widen products before they add them, so that no
  /// sum is cut off at 16 bits.
  case uint8
}
