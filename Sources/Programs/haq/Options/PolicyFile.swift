import Core
import Diagnostics
import Specs
import Targets

/// A policy that the user names, and the network that it is for.
struct PolicyFile {
  let path: String
  let document: PolicyDocument

  init(_ path: String) throws {
    let read = try PolicyDocument.read(try InputFile.read(path), file: path)
    Failure.warn(read.warnings)
    self.path = path
    document = read.document
  }

  /// The policy, and every cost of its network on `target`.
  ///
  /// - Parameter network: What the user calls the network; nil takes the name in the policy.
  func resolve(on target: Target, network name: String?) throws -> (policy: Policy, table: CostTable) {
    let network: Network
    do {
      network = try NamedNetwork(name ?? document.network.name)
        .layers(batch: nil, defaultBatch: target.spec.batch)
    } catch  where name == nil {
      throw Diagnostic(
        "the policy is for network \"\(document.network.name)\", which is not a built-in one",
        at: .init(file: path), hint: "Name its file with --network.")
    }
    let policy = try document.policy(for: network, file: path)
    return (policy, try target.costTable(of: network))
  }
}
