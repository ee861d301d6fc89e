import ArgumentParser
import Diagnostics
import HardwareModel
import SpecLanguage

/// The bits that a command measures or trains: a policy file, or one precision for all layers.
struct PolicyOption: ParsableArguments {
  @Option(help: "A policy file, as searches write it. (docs/policy.md)")
  var policy: String?

  @Option(help: "One precision for all layers instead, such as W4A6.", transform: precision)
  var bits: Precision?

  static func precision(_ text: String) throws -> Precision {
    guard let precision = Precision(text) else {
      throw ValidationError("\"\(text)\" is not a precision; write W and A with 1 to 32 bits, such as W4A6.")
    }
    return precision
  }

  func validate() throws {
    if policy != nil, bits != nil { throw ValidationError("--policy and --bits exclude each other.") }
  }

  /// The policy for `network`; nil when the command line names none.
  func resolve(for network: Network) throws -> Policy? {
    if let bits { return .uniform(bits, layerCount: network.layers.count) }
    return try policy.map { try PolicyFile($0).document.policy(for: network, file: $0) }
  }
}
