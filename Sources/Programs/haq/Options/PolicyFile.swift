import Core
import Diagnostics
import Specs
import Targets
import Terminal

/// A policy that the user names, and the network that it is for.
struct PolicyFile {
  let path: String
  let document: PolicyDocument

  init(_ path: String) throws {
    let read = try PolicyDocument.read(try InputFile.read(path, limit: PositionedValue.sizeLimit), file: path)
    Messages.warn(read.warnings)
    self.path = path
    document = read.document
  }

  /// The policy, and every cost of its network on `target`.
  ///
  /// - Parameter network: What the user calls the network; nil takes the name in the policy.
  func resolve(on target: Target, network name: String?) throws -> (policy: Policy, table: CostTable) {
    let network = try Self.network(named: name, for: [self])
      .layers(batch: nil, defaultBatch: target.spec.batch)
    let policy = try document.policy(for: network, file: path)
    return (policy, try target.costTable(of: network))
  }

  /// The network of policies, which all name the same one.
  ///
  /// - Parameter name: What the user calls the network; nil takes the name in the policies.
  static func network(named name: String?, for files: [PolicyFile]) throws -> NamedNetwork {
    do {
      return try NamedNetwork(name ?? files[0].document.network.name)
    } catch  where name == nil {
      throw Diagnostic(
        "the policy is for network \"\(files[0].document.network.name)\", which is not a built-in one",
        at: .init(file: files[0].path), hint: "Name its file with --network.")
    }
  }
}
