import ArgumentParser
import Core
import Diagnostics
import Documents
import Networks
import Specs

/// `haq policy show`: a policy file as a table.
struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows the bits of every layer, and the recorded costs and accuracy.",
    discussion: """
      Examples:
        haq policy show run/policy.json
        haq policy show run/policy.json --network net.onnx
      """)

  @Argument(help: "Policy file (haq.policy/1).")
  var file: String

  @Option(
    help: ArgumentHelp(
      "Network to compute the memory use with: built-in or .onnx. (default: the name in the policy)",
      valueName: "network"))
  var network: String?

  @OptionGroup var format: FormatOption

  func run() throws {
    let policy = try PolicyFile(file).document
    let document = PolicyDescriptionDocument(policy, file: file, memory: try memory(of: policy))
    try format.print(document, text: document.text)
  }

  /// Of one inference; nil when the network is neither named nor built in.
  private func memory(of document: PolicyDocument) throws -> NetworkMemory? {
    let named: NamedNetwork
    do {
      named = try NamedNetwork(network ?? document.network.name)
    } catch  where network == nil {
      return nil
    }
    let policy: Policy
    do {
      policy = try document.policy(for: named.layers(batch: nil, defaultBatch: 1), file: file)
    } catch  where network == nil {
      return nil
    }
    guard let graph = named.graph else {
      throw Diagnostic(
        "memory needs a network with connections; a .json list has shapes alone",
        at: .init(file: network ?? file))
    }
    return try NetworkMemory(of: policy, in: graph, batch: 1)
  }
}
