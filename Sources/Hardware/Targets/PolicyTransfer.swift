public import Core
import Diagnostics
public import Specs

/// What policies of one network cost on targets, whether they were made for them or not.
public struct PolicyTransfer: Sendable {
  public let metric: Metric
  /// One for each target, in the order given.
  public private(set) var tables: [CostTable] = []
  public private(set) var rows: [Row]

  /// One policy.
  public struct Row: Sendable {
    public let file: String
    public let document: PolicyDocument
    /// In the order of the targets, in the metric's SI unit.
    public internal(set) var costs: [Double] = []
  }

  /// Costs every policy on every target, which loads the targets' libraries.
  ///
  /// - Parameters:
  ///   - policies: Each with the name of its file.
  ///   - network: The policies' network at a target's batch.
  /// - Throws: `Diagnostics` for all that a target cannot run, a `Diagnostic` for a metric that it does not state, and
  ///   what costing throws.
  public init(
    of policies: [(file: String, document: PolicyDocument)], on targets: [Target], metric: Metric,
    network: (Target) throws -> Network
  ) throws {
    self.metric = metric
    rows = policies.map { Row(file: $0.file, document: $0.document) }
    var problems: [Diagnostic] = []
    for target in targets {
      let network = try network(target)
      let table = try target.costTable(of: network)
      guard table.aggregates[metric] != nil else {
        throw Diagnostic(
          "target \"\(target.spec.id)\" does not provide \(metric.key); it provides "
            + table.aggregates.keys.map(\.key).sorted().joined(separator: ", "))
      }
      tables.append(table)
      for index in rows.indices {
        let policy = try rows[index].document.policy(for: network, file: rows[index].file)
        if let cost = try table.total(metric, of: policy) {
          rows[index].costs.append(cost)
        } else {
          problems.append(Self.unsupported(policy, in: rows[index].file, table))
        }
      }
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
  }

  private static func unsupported(_ policy: Policy, in file: String, _ table: CostTable) -> Diagnostic {
    let layer = policy.precisions.indices.first { !table.supports(layer: $0, under: policy) } ?? 0
    return Diagnostic(
      "target \"\(table.provenance.name)\" cannot run layer \"\(table.network.layers[layer].name)\" at "
        + "\(policy[layer])", at: .init(file: file))
  }
}
