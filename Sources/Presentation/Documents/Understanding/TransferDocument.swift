public import Core
import Foundation
import Rendering
import Specs
public import Targets

/// Policies on targets that they were not made for: the result of `haq transfer`.
public struct TransferDocument: Document {
  public static let schema: SchemaName = "haq.transfer/1.0"

  public var network: String
  /// `latency_s` and the like: the unit of every cost.
  public var metric: Metric
  public var targets: [TargetStamp]
  public var policies: [Row]

  /// One policy.
  public struct Row: Hashable, Sendable, Codable {
    public var file: String
    /// The target that the policy file names.
    public var madeFor: String?
    /// Top-1 as the policy file states it, a share in 0...1.
    public var accuracy: Double?
    /// What `accuracy` is of, such as `10000 test samples`; absent where the file does not say how many samples.
    public var accuracySamples: String?
    /// By target, in the order of `targets`.
    public var costs: [Cell]

    private enum CodingKeys: String, CodingKey {
      case file, accuracy, costs
      case accuracySamples = "accuracy_samples"
      case madeFor = "made_for"
    }

    public init(
      file: String, madeFor: String?, accuracy: Double?, accuracySamples: String? = nil, costs: [Cell]
    ) {
      self.file = file
      self.madeFor = madeFor
      self.accuracy = accuracy
      self.accuracySamples = accuracySamples
      self.costs = costs
    }
  }

  /// One policy on one target.
  public struct Cell: Hashable, Sendable, Codable {
    public var target: String
    public var cost: Double
    /// The cost above that of the cheapest policy made for this target, as a share of it; absent where there is none.
    public var loss: Double?

    public init(target: String, cost: Double, loss: Double?) {
      self.target = target
      self.cost = cost
      self.loss = loss
    }
  }

  public init(network: String, metric: Metric, targets: [TargetStamp], policies: [Row]) {
    self.network = network
    self.metric = metric
    self.targets = targets
    self.policies = policies
  }

  /// - Precondition: there is a policy.
  public init(_ transfer: PolicyTransfer) {
    let targets = transfer.tables.map(TargetStamp.init)
    let policies = transfer.rows.map { row in
      Row(
        file: row.file, madeFor: row.document.target?.id, accuracy: row.document.accuracy?.top1,
        accuracySamples: row.document.accuracy.flatMap(Self.samples),
        costs: zip(targets, row.costs).map { Cell(target: $0.id, cost: $1, loss: nil) })
    }
    self.init(
      network: transfer.rows[0].document.network.name, metric: transfer.metric, targets: targets,
      policies: Self.compared(policies))
  }

  private static func samples(_ accuracy: PolicyDocument.Accuracy) -> String? {
    accuracy.samples.map {
      [String($0), accuracy.split, "samples"].compactMap(\.self).joined(separator: " ")
    }
  }

  /// The rows with the loss of each policy against the cheapest that was made for the target.
  package static func compared(_ policies: [Row]) -> [Row] {
    policies.map { row in
      var row = row
      for column in row.costs.indices {
        let own = policies.filter { $0.madeFor == row.costs[column].target }.map { $0.costs[column].cost }
        row.costs[column].loss = own.min().flatMap { $0 > 0 ? row.costs[column].cost / $0 - 1 : nil }
      }
      return row
    }
  }

  /// With what it is of, where the policies were measured on unlike samples.
  private func accuracyText(_ row: Row) -> String {
    guard let accuracy = row.accuracy else { return "" }
    let isAlike = Set(policies.filter { $0.accuracy != nil }.map(\.accuracySamples)).count == 1
    return Quantity.accuracy(accuracy) + (isAlike ? "" : " of \(row.accuracySamples ?? "samples not said")")
  }

  /// The table for a terminal.
  public var text: String {
    var table = TextTable(
      [.init("policy"), .init("made for"), .init("top-1", .right)]
        + targets.flatMap { [.init($0.id, .right), .init("loss", .right)] })
    for row in policies {
      table.add(
        [row.file, row.madeFor ?? "not said", accuracyText(row)]
          + row.costs.flatMap {
            [Quantity.cost($0.cost, metric), $0.loss.map { String(format: "%+.1f %%", $0 * 100) } ?? ""]
          })
    }
    let without = targets.filter { target in !policies.contains { $0.madeFor == target.id } }.map(\.id)
    let note =
      without.isEmpty
      ? ""
      : "No policy was made for \(without.joined(separator: ", ")), so its column shows no loss.\n"
    return
      "\(network), \(metric.title); loss against the cheapest policy made for the target\n\n\(table.text)\(note)"
      + targets.map(\.caution).joined()
  }
}
