public import Core
import NumberFormats

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

  /// Throws `ExportError.tooWide`, `notBytes` or `inexpressible`, with all of them, when the form has no container for
  /// formats of the policy.
  ///
  /// - Precondition: the policy has one precision for each layer.
  public func check(_ policy: Policy, for network: Network) throws {
    func integers(where isWrong: (_ width: BitWidth, _ isWeight: Bool) -> Bool) -> [String] {
      zip(network.layers, policy.precisions).flatMap { layer, precision in
        [(precision.weight, "weights", true), (precision.activation, "activations", false)]
          .filter { $0.0.isIntegers && isWrong($0.0, $0.2) }.map { "\(layer.name) with \($0.0)-bit \($0.1)" }
      }
    }
    switch self {
    case .qonnx, .encodings: break
    case .qcdq:
      let wide = integers { width, _ in width.bits > 8 }
      guard wide.isEmpty else { throw ExportError.tooWide(wide) }
    case .qdq:
      let wrong = integers { width, isWeight in
        isWeight ? width.bits > 8 : !Self.storedActivationBits.contains(width.bits)
      }
      guard wrong.isEmpty else { throw ExportError.notBytes(wrong) }
    }
    let others = zip(network.layers, policy.precisions).filter { !expresses($0.1) }.map { layer, precision in
      ExportError.Inexpressible(
        layer: layer.name, precision: precision, forms: Self.allCases.filter { $0.expresses(precision) })
    }
    guard others.isEmpty else { throw ExportError.inexpressible(self, others) }
  }

  /// The bits of integer activations that runtimes have operators for.
  private static let storedActivationBits = [8, 16]

  /// Whether the form has operators and types for a pair.
  func expresses(_ precision: Precision) -> Bool {
    expresses(weight: precision.weight) && expresses(activation: precision.activation)
  }

  private func expresses(weight: BitWidth) -> Bool {
    guard let format = weight.format else { return false }
    return switch (self, format) {
    case (.encodings, _): true
    case (.qonnx, .integer), (_, .floating(.float32)): true
    case (.qcdq, .integer(let integer)), (.qdq, .integer(let integer)): integer.bits <= 8
    case (.qcdq, .integerGroups(let group)), (.qdq, .integerGroups(let group)): group.integer.bits <= 8
    case (.qcdq, .floating(let floats)), (.qdq, .floating(let floats)): floats.isInONNX
    default: false
    }
  }

  private func expresses(activation: BitWidth) -> Bool {
    guard let format = activation.format else { return false }
    return switch (self, format) {
    case (.encodings, _): true
    case (.qonnx, .integer), (_, .floating(.float32)): true
    case (.qcdq, .integer(let integer)): integer.bits <= 8
    case (.qdq, .integer(let integer)): Self.storedActivationBits.contains(integer.bits)
    case (.qcdq, .floating(let floats)), (.qdq, .floating(let floats)): floats.isInONNX
    default: false
    }
  }
}

extension FloatingFormat {
  /// Whether ONNX has the type and casts or quantizes to it.
  fileprivate var isInONNX: Bool {
    switch self {
    case .float32, .float16, .bfloat16, .float8E4M3, .float8E5M2: true
    case .float6E2M3, .float6E3M2, .float4E2M1: false
    }
  }
}

extension BitWidth {
  /// Integers with scales of their own.
  fileprivate var isIntegers: Bool { isNumberOfBits && self != .float }
}

/// How `qdq` stores a quantized weight.
public enum WeightBytes: String, Hashable, Sendable, CaseIterable {
  case int8
  /// With the zero point 128. onnxruntime's kernels for unsigned weights widen products before they add them, so that no
  /// sum is cut off at 16 bits.
  case uint8
}
