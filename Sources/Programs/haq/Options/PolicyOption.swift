import ArgumentParser
import Core
import Diagnostics
import Documents
import EvaluatorArguments
import Quantization
import Specs
import Terminal

/// The bits that a command measures or trains: a policy file, or one precision for all layers.
struct PolicyOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Policy file (haq.policy/1), such as policy.json in a run folder.", valueName: "file"))
  var policy: String?

  @Option(
    help: ArgumentHelp("One precision for all layers instead of --policy, such as W4A6.", valueName: "bits"),
    transform: precision)
  var bits: Precision?

  static func precision(_ text: String) throws -> Precision {
    guard let precision = Precision(text) else {
      throw ValidationError(
        "\"\(text)\" is not a precision; write W and A with 1 to 32 bits each, such as W4A6, or the names of two formats, "
          + "such as int4/bf16.")
    }
    return precision
  }

  func validate() throws {
    if policy != nil, bits != nil { throw ValidationError("Give either --policy or --bits, not both.") }
  }

  /// The same, with the evaluator quantizing as it did when the policy was found, unless the command line says otherwise.
  ///
  /// Prints the quantizers where they differ from the defaults. A custom evaluator has its own.
  func resolve(for network: Network, settling evaluator: inout EvaluatorOption) throws -> Policy? {
    guard let path = policy else { return try resolve(for: network) }
    let document = try PolicyFile(path).document
    let chosen = try document.policy(for: network, file: path)
    if let quantizers = document.quantizers, evaluator.evaluator == nil,
      evaluator.quantization.quantizer == .linear
    {
      let standard = evaluator.quantizationStamp?.quantizers
      evaluator.quantization.adopt(
        weightScales: quantizers.weightScales, clipping: quantizers.clipping,
        weightClipping: quantizers.weightClipping, recipe: quantizers.recipe,
        activationRange: quantizers.activationRange)
      if evaluator.quantizationStamp?.quantizers != quantizers {
        Messages.warn([
          Diagnostic(
            "the policy was found with \(quantizers.options), but other options are given, so its accuracy will differ",
            at: .init(file: path))
        ])
      } else if quantizers != standard {
        Messages.note("uses the quantizers that the policy was found with: \(quantizers.options)")
      }
    }
    return chosen
  }

  /// The policy for `network`; nil when the command line names none.
  func resolve(for network: Network) throws -> Policy? {
    if let bits { return .uniform(bits, layerCount: network.layers.count) }
    return try policy.map { try PolicyFile($0).document.policy(for: network, file: $0) }
  }
}
