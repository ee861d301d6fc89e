import Core
import Tensors

/// What quantized runs of a network have in common: the values before the first layer whose precision has changed.
///
/// Searches that measure sensitivities layer after layer ask for policies that agree up to some layer. What comes before it is
/// computed from the same numbers by the same operations, so starting from it gives the same bits as starting at the input.
final class PrefixCache {
  /// Which images a batch holds; equal ones hold equal images.
  struct BatchKey: Hashable {
    var samples: SampleSet
    var first: Int
    var count: Int
  }

  private struct Entry {
    var policy: Policy
    /// The first layer that is not in the snapshot.
    var layer: Int
    var snapshot: GraphExecution.Snapshot
    var bytes: Int
  }

  /// As much memory as a few hundred pictures of a small network need.
  private static let mostBytes = 384 << 20
  private var entries: [BatchKey: Entry] = [:]
  private var bytes = 0
  private var last: [SampleSet: Policy] = [:]
  /// Positions of the layers' nodes, in the order of policies.
  private let positions: [Int]
  /// Layers that were not run again, over all batches.
  private(set) var reusedLayers = 0

  init(positions: [Int]) { self.positions = positions }

  /// How runs of one policy use what is known.
  struct Plan {
    fileprivate var policy: Policy
    /// The first layer that differs from the policy before: the next one will probably differ there, too.
    fileprivate var changed: Int?
  }

  func plan(_ policy: Policy, on samples: SampleSet) -> Plan {
    defer { last[samples] = policy }
    guard let before = last[samples], before.precisions.count == policy.precisions.count else {
      return Plan(policy: policy, changed: nil)
    }
    return Plan(policy: policy, changed: policy.precisions.indices.first { before[$0] != policy[$0] })
  }

  /// Where to start a batch, and the node before which to save, if any.
  func start(_ plan: Plan, _ key: BatchKey) -> (from: GraphExecution.Snapshot?, saving: Int?) {
    let usable = entries[key].flatMap { entry in
      entry.policy.precisions[..<entry.layer] == plan.policy.precisions[..<entry.layer] ? entry : nil
    }
    if let usable { reusedLayers += usable.layer }
    let deeper = plan.changed.flatMap { $0 > (usable?.layer ?? 0) ? positions[$0] : nil }
    return (usable?.snapshot, deeper)
  }

  func save(_ snapshot: GraphExecution.Snapshot, _ plan: Plan, _ key: BatchKey) {
    guard let layer = plan.changed else { return }
    remove(key)
    let size = snapshot.values.values.reduce(0) { $0 + $1.shape.reduce(4, *) }
    guard bytes + size <= Self.mostBytes else { return }
    entries[key] = Entry(policy: plan.policy, layer: layer, snapshot: snapshot, bytes: size)
    bytes += size
  }

  private func remove(_ key: BatchKey) {
    if let old = entries.removeValue(forKey: key) { bytes -= old.bytes }
  }
}

/// Names the images of a measurement; equal names mean that one has the first images of the other.
package struct SampleSet: Hashable, Sendable {
  private let name: String

  package init(_ name: String) { self.name = name }
}
