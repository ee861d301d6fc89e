public import Core

/// What a quantized network is written as.
public enum ExportForm: String, Hashable, Sendable, Codable, CaseIterable {
  /// ONNX with `Quant` nodes of any width (https://github.com/fastmachinelearning/qonnx), which FINN and Brevitas read.
  case qonnx
  /// ONNX with QuantizeLinear, Clip and DequantizeLinear, which every runtime executes; quantized values in containers of 8 bits.
  case qcdq
  /// The quantizers alone, as JSON: `docs/export.md`.
  case encodings

  /// Throws `ExportError.tooWide`, with all of them, when the form has no container for widths of the policy.
  ///
  /// - Precondition: the policy has one precision for each layer.
  public func check(_ policy: Policy, for network: Network) throws {
    guard self == .qcdq else { return }
    let wide = zip(network.layers, policy.precisions).flatMap { layer, precision in
      [(precision.weight, "weights"), (precision.activation, "activations")].filter { $0.0 > .eight }
        .map { "\(layer.name) with \($0.0)-bit \($0.1)" }
    }
    guard wide.isEmpty else { throw ExportError.tooWide(wide) }
  }
}
