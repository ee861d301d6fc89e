import Core

/// A constraint on the memory of activations, as constraints on sums over layers.
///
/// The bytes of the values that are alive together add up. A value that several layers settle has the widest of their widths, which
/// is no sum; but with one of those layers chosen for each value, the sum is at most what they take, for every
/// policy, and exactly that for the policies in which the chosen layers are the widest. So a limit holds when the rows of
/// all choices do, of which a solution needs few.
struct PeakMemoryConstraint: Sendable {
  private let memory: ActivationMemory
  private let limit: Int

  init(_ memory: ActivationMemory, bytes: Int) {
    self.memory = memory
    limit = bytes
  }

  /// One live set, with each value at the width of one layer.
  struct Row: Hashable, Sendable {
    let limit: Int
    /// Of values that stay in floats.
    private var fixed = 0
    /// Numbers of elements of the values that a layer represents.
    private var values: [Int: [ActivationMemory.Value]] = [:]

    fileprivate init(_ values: [ActivationMemory.Value], limit: Int, standingFor policy: Policy) {
      self.limit = limit
      for value in values {
        guard let widest = value.layers.max(by: { policy[$0].activation < policy[$1].activation }) else {
          fixed += value.bytes(at: .float)
          continue
        }
        self.values[widest, default: []].append(value)
      }
    }

    /// What a layer's choice adds; the first layer has what no choice changes.
    func bytes(layer: Int, at width: BitWidth) -> Int {
      (layer == 0 ? fixed : 0) + (values[layer] ?? []).reduce(0) { $0 + $1.bytes(at: width) }
    }
  }

  /// The rows that `policy` violates: of every live set in which it takes more than the limit.
  func rows(for policy: Policy) -> [Row] {
    memory.liveSets.filter { memory.bytes($0, policy) > limit }.map { liveSet in
      Row(liveSet.sorted().map { memory.values[$0] }, limit: limit, standingFor: policy)
    }
  }
}
