import Core
import Diagnostics
import Documents
import Foundation
import Rendering
import Specs
import Targets

/// The output of `haq transfer` in both formats.
struct TransferReport: Encodable {
  var network: String
  /// `latency_s` and the like: the unit of every cost.
  var metric: Metric
  var targets: [TargetStamp]
  var policies: [Row]

  /// One policy.
  struct Row: Encodable {
    var file: String
    /// What the policy says it was made for.
    var made_for: String?
    /// Top-1 as the policy file states it, a share in 0...1.
    var accuracy: Double?
    /// By target, in the order of `targets`.
    var costs: [Cell]
  }

  /// One policy on one target.
  struct Cell: Encodable {
    var target: String
    var cost: Double
    /// The cost above that of the cheapest policy made for this target, as a share of it; absent where there is none.
    var loss: Double?
  }

  /// Throws `Diagnostics` for everything that a target cannot run.
  init(_ files: [PolicyFile], on targets: [Target], network: String?, metric: Metric) throws {
    self.metric = metric
    self.targets = []
    self.network = files[0].document.network.name
    var costs: [[Double]] = Array(repeating: [], count: files.count)
    var problems: [Diagnostic] = []
    for target in targets {
      var stamp: TargetStamp?
      for (index, file) in files.enumerated() {
        let (policy, table) = try file.resolve(on: target, network: network)
        guard table.aggregates[metric] != nil else {
          throw Diagnostic(
            "target \"\(target.spec.id)\" does not provide \(metric.key); it provides "
              + table.aggregates.keys.map(\.key).sorted().joined(separator: ", "))
        }
        stamp = TargetStamp(table)
        if let cost = try table.total(metric, of: policy) {
          costs[index].append(cost)
        } else {
          let layer = policy.precisions.indices.first { !table.supports(layer: $0, at: policy[$0]) } ?? 0
          problems.append(
            Diagnostic(
              "target \"\(target.spec.id)\" cannot run layer \"\(table.network.layers[layer].name)\" at "
                + "\(policy[layer])", at: .init(file: file.path)))
        }
      }
      if let stamp { self.targets.append(stamp) }
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    policies = files.enumerated().map { index, file in
      Row(
        file: file.path, made_for: file.document.target?.id, accuracy: file.document.accuracy?.top1,
        costs: targets.enumerated().map { column, target in
          let own = files.indices.filter { files[$0].document.target?.id == target.spec.id }
            .map { costs[$0][column] }.min()
          return Cell(
            target: target.spec.id, cost: costs[index][column],
            loss: own.flatMap { $0 > 0 ? costs[index][column] / $0 - 1 : nil })
        })
    }
  }

  /// The table for a terminal.
  var text: String {
    var table = TextTable(
      [.init("policy"), .init("made for"), .init("top-1", .right)]
        + targets.flatMap { [.init($0.id, .right), .init("loss", .right)] })
    for row in policies {
      table.add(
        [
          row.file, row.made_for ?? "not said",
          row.accuracy.map { Quantity.accuracy($0) } ?? "",
        ]
          + row.costs.flatMap {
            [Quantity.cost($0.cost, metric), $0.loss.map { String(format: "%+.1f %%", $0 * 100) } ?? ""]
          })
    }
    let without = targets.filter { target in !policies.contains { $0.made_for == target.id } }.map(\.id)
    let note =
      without.isEmpty
      ? ""
      : "No policy was made for \(without.joined(separator: ", ")), so there is no loss against its own best.\n"
    return
      "\(network), \(metric.title); loss against the cheapest policy made for the target\n\n\(table.text)\(note)"
      + targets.map(\.caution).joined()
  }
}
