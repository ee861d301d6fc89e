import Core

/// A constraint on the memory of activations, as constraints on sums over layers.
///
/// The bytes of the values that are alive together add up. A value that several layers settle has the format that covers
/// all of theirs, which is no sum; but with one of those layers chosen for each value, the sum is at most what they take, for
/// every policy, and exactly that for the policies in which the chosen layers' formats cover the others. Where no format does,
/// the value is in 32-bit floats: then two layers are chosen whose formats do not cover each other. So a limit holds when the
/// rows of all choices do, of which a solution needs few.
struct PeakMemoryConstraint: Sendable {
  private let memory: ActivationMemory
  private let limit: Int

  init(_ memory: ActivationMemory, bytes: Int) {
    self.memory = memory
    limit = bytes
  }

  /// One live set, with each value in the format of one layer.
  struct Row: Hashable, Sendable {
    private(set) var limit: Int
    /// Of values that stay in floats.
    private var fixed = 0
    /// Numbers of elements of the values that a layer represents.
    private var values: [Int: [ActivationMemory.Value]] = [:]
    /// Bytes of values in floats, by a layer and its format.
    private var joins: [Int: [BitWidth: Int]] = [:]

    fileprivate init(_ values: [ActivationMemory.Value], limit: Int, standingFor policy: Policy) {
      self.limit = limit
      for value in values {
        guard !value.layers.isEmpty else {
          fixed += value.bytes(at: .float)
          continue
        }
        let stored = BitWidth.stored(for: value.layers.map { policy[$0].activation })
        if let covering = value.layers.first(where: { policy[$0].activation == stored }) {
          self.values[covering, default: []].append(value)
        } else {
          join(value, policy)
        }
      }
    }

    /// A value that takes the bytes of floats where two layers have the formats that they have in `policy`: as much for
    /// each, less the same, so that one of them alone adds nothing.
    private mutating func join(_ value: ActivationMemory.Value, _ policy: Policy) {
      for one in value.layers {
        for other in value.layers {
          let (first, second) = (policy[one].activation, policy[other].activation)
          guard !first.covers(second), !second.covers(first) else { continue }
          let bytes = value.bytes(at: .float)
          joins[one, default: [:]][first, default: 0] += bytes
          joins[other, default: [:]][second, default: 0] += bytes
          limit += bytes
          return
        }
      }
    }

    /// What a layer's choice adds; the first layer has what no choice changes.
    func bytes(layer: Int, at width: BitWidth) -> Int {
      (layer == 0 ? fixed : 0) + (values[layer] ?? []).reduce(0) { $0 + $1.bytes(at: width) }
        + (joins[layer]?[width] ?? 0)
    }
  }

  /// The rows that `policy` violates: of every live set in which it takes more than the limit.
  func rows(for policy: Policy) -> [Row] {
    memory.liveSets.filter { memory.bytes($0, policy) > limit }.map { liveSet in
      Row(liveSet.sorted().map { memory.values[$0] }, limit: limit, standingFor: policy)
    }
  }
}
