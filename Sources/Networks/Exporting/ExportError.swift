public import Core

/// Why a quantized network cannot be written; each case names the layer, what it has and what is possible.
public enum ExportError: Error, Hashable, Sendable {
  /// The encodings are not of the network's layers, in order.
  case wrongLayers(found: String, expected: String)
  case wrongWidth(layer: String, role: String, found: Int, expected: Int)
  case wrongFormat(layer: String, role: String, found: String, expected: String)
  /// Layers whose pairs the form cannot express.
  case inexpressible(ExportForm, [Inexpressible])
  case illegalQuantizer(layer: String, role: String, problem: String)
  case wrongFileSize(found: Int, expected: Int)
  case notFinite(layer: String)
  case notQuantized(layer: String, weight: Float, scale: Float)
  /// Layers whose widths the form has no container for.
  case tooWide([String])
  /// Layers whose activations do not have exactly 8 bits, or whose weights have more.
  case notBytes([String])
  case illegalValueQuantizer(value: String, problem: String)
  /// New numbers for a constant that the graph has not, has `known` numbers of, or that are not finite.
  case illegalConstant(String, known: Int?)
  /// Steps that change weights together with their quantizers, in a form that has no weights.
  case rewritten(ExportForm, steps: [PostTrainingRecipe.Step])
  /// Values that a runtime holds in 8 bits, for which the evaluator gives no quantizer.
  case noQuantizer(values: [String])
  /// Layers whose activations have a zero point in a form whose quantizers are symmetric.
  case zeroPoints(ExportForm, layers: [String])
  /// A layer of floats that NNCF cannot be pointed at by its name.
  case noNameInOpenVINO(layer: String)
  /// Names with characters that have a meaning in a list of names.
  case unlistableNames([String])
  /// What was written reads back with other widths.
  case readsBackOtherwise(layer: String, found: String, expected: String)

  /// A layer, what it has, and the forms that can express it.
  public struct Inexpressible: Hashable, Sendable {
    public var layer: String
    public var precision: Precision
    public var forms: [ExportForm]
  }
}

extension ExportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongLayers(let found, let expected):
      "the evaluator reports quantizers of \(found) where the network has \(expected)"
    case .wrongWidth(let layer, let role, let found, let expected):
      "layer \(layer): the evaluator reports \(found)-bit \(role) where the policy has \(expected) bits"
    case .wrongFormat(let layer, let role, let found, let expected):
      "layer \(layer): the evaluator reports \(found) as \(role) where the policy has \(expected)"
    case .inexpressible(let form, let layers):
      "\(form.rawValue) cannot express "
        + layers.prefix(3).map { layer in
          "\(layer.precision) of layer \(layer.layer) "
            + (layer.forms.isEmpty
              ? "(no form can)" : "(\(layer.forms.map(\.rawValue).joined(separator: ", ")) can)")
        }.joined(separator: ", ")
        + (layers.count > 3
          ? ", and pairs of \(layers.count - 3) more layer\(layers.count == 4 ? "" : "s")" : "")
        + (layers.contains { $0.forms.isEmpty } ? "; in \(form.rawValue), \(form.formatsText)" : "")
    case .illegalQuantizer(let layer, let role, let problem):
      "layer \(layer): the evaluator reports a quantizer of \(role) that \(problem)"
    case .wrongFileSize(let found, let expected):
      "the evaluator's file of weights has \(found) bytes; the network's layers need \(expected)"
    case .notFinite(let layer):
      "layer \(layer): the evaluator reports weights or biases that are infinite or not a number"
    case .notQuantized(let layer, let weight, let scale):
      "layer \(layer): the evaluator reports the weight \(weight), which no quantized value represents at the scale \(scale)"
    case .tooWide(let layers):
      "qcdq stores quantized values in 8 bits; the policy has \(layers.joined(separator: ", ")). Export as qonnx, or give fewer bits"
    case .notBytes(let layers):
      "qdq computes in bytes: activations need 8 bits, weights up to 8; the policy has \(layers.joined(separator: ", ")). Export as qcdq, or give 8 bits"
    case .illegalValueQuantizer(let value, let problem):
      "value \(value): the evaluator reports a quantizer that \(problem)"
    case .illegalConstant(let name, let known?):
      "constant \(name): the evaluator must report \(known) finite numbers, and reports others"
    case .illegalConstant(let name, nil):
      "the evaluator reports a constant \(name), which the network has not"
    case .rewritten(let form, let steps):
      "\(form.rawValue) has quantizers and no weights, and \(steps.map(\.rawValue).joined(separator: ", ")) of --ptq "
        + "changes both. Leave it out, or export as qdq, qcdq or qonnx"
    case .noQuantizer(let values):
      "the evaluator gives no quantizers for values between layers, which qdq needs: \(values.joined(separator: ", ")). "
        + "Use the built-in evaluator, or export as qcdq"
    case .zeroPoints(let form, let layers):
      "\(form.rawValue) has symmetric quantizers of signed values alone, and these layers read values with a zero point: "
        + layers.prefix(3).joined(separator: ", ")
        + (layers.count > 3 ? " and \(layers.count - 3) more" : "")
        + ". Give --activation-range symmetric, or export as qdq or qcdq"
    case .noNameInOpenVINO(let layer):
      "layer \(layer) is a transposed convolution with a bias, which OpenVINO gives another name each time it reads the "
        + "network, so that NNCF cannot be told to leave it in floats. Give it int8/int8"
    case .unlistableNames(let names):
      "trtexec separates names by commas and colons and reads * as a wildcard; these layers have them in their names: "
        + names.joined(separator: " ") + ". Rename them in the network's file"
    case .readsBackOtherwise(let layer, let found, let expected):
      "layer \(layer) reads back as \(found) from what was to be written, not as \(expected); nothing was written"
    }
  }
}
