package import Core
package import Evaluation
import Tensors

/// Networks that were fine-tuned lately: a search measures its best policies on the validation split, and then some of
/// them on the test split.
///
/// Fine-tuning the same policy in the same way again would give the same numbers, and only take as long once more.
package struct FineTunedNetworks {
  private struct Key: Hashable {
    var policy: Policy
    var tuning: FineTuning
  }

  /// The one asked for last at the end.
  private var known: [(key: Key, session: TrainingSession)] = []
  /// Of all networks together, in bytes; one is kept in any case.
  private let mostBytes: Int

  package init(mostBytes: Int = 256 << 20) { self.mostBytes = mostBytes }

  /// The network of an earlier call with the same policy and fine-tuning, or else that of `make`.
  package mutating func session(
    _ policy: Policy, _ tuning: FineTuning, make: () throws -> TrainingSession
  ) rethrows -> TrainingSession {
    let key = Key(policy: policy, tuning: tuning)
    let found = known.firstIndex { $0.key == key }.map { known.remove(at: $0).session }
    known.append((key, try found ?? make()))
    while known.count > 1, known.map(\.session.bytes).reduce(0, +) > mostBytes { known.removeFirst() }
    return known[known.count - 1].session
  }
}

extension TrainingSession {
  /// Of its weights, biases and clips as floats.
  fileprivate var bytes: Int { tensors.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) } }
}
