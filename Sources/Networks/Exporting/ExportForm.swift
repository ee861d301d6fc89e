public import Core
public import Evaluation

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
  /// ONNX with the symmetric, signed quantizers that TensorRT reads, in front of layers.
  case tensorrt
  /// The options of `trtexec` that keep layers of floats in their formats, as text.
  case trtexec
  /// The quantization config of compressed-tensors, as JSON.
  case compressedTensors = "compressed-tensors"
  /// The quantization config of NVIDIA's Model Optimizer, as YAML.
  case modelopt
  /// The arguments of NNCF's `IgnoredScope`, as JSON.
  case nncf

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
    case .qcdq:
      let wide = integers { width, _ in width.bits > 8 }
      guard wide.isEmpty else { throw ExportError.tooWide(wide) }
    case .qdq:
      let wrong = integers { width, isWeight in
        isWeight ? width.bits > 8 : !formats.activations.contains(width)
      }
      guard wrong.isEmpty else { throw ExportError.notBytes(wrong) }
    default: break
    }
    let others = zip(network.layers, policy.precisions).filter { !expresses($0.1, in: $0.0) }.map {
      layer, precision in
      ExportError.Inexpressible(
        layer: layer.name, precision: precision,
        forms: Self.allCases.filter { $0.expresses(precision, in: layer) })
    }
    guard others.isEmpty else { throw ExportError.inexpressible(self, others) }
  }

  /// Throws `ExportError` where the recipe changes weights that the form does not carry.
  public func check(_ recipe: PostTrainingRecipe) throws {
    guard [.encodings, .compressedTensors, .modelopt].contains(self) else { return }
    let steps = recipe.steps.filter(\.rewritesNetwork)
    guard steps.isEmpty else { throw ExportError.rewritten(self, steps: steps) }
  }

  /// Throws `ExportError.zeroPoints` with all layers whose activations take both signs with a zero point, when the form's
  /// quantizers are symmetric.
  public func check(_ encodings: [LayerEncoding]) throws {
    guard self == .tensorrt || self == .modelopt else { return }
    let layers = encodings.filter { $0.activation.integers?.isAsymmetric == true }.map(\.layer)
    guard layers.isEmpty else { throw ExportError.zeroPoints(self, layers: layers) }
  }

  /// Whether the form is made of the policy and the names of layers alone, so that no evaluator has to calibrate.
  public var needsNoQuantizers: Bool {
    switch self {
    case .trtexec, .nncf: true
    case .qonnx, .qcdq, .qdq, .encodings, .tensorrt, .compressedTensors, .modelopt: false
    }
  }
}

extension QuantizerEncoding {
  /// Whether there are numbers below zero, and more than one more on one side of zero than on the other.
  fileprivate var isAsymmetric: Bool {
    zeroPoint > lowest && abs((highest - zeroPoint) - (zeroPoint - lowest)) > 1
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
