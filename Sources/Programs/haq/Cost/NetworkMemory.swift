import Core
import Networks
import Rendering

/// The bytes that a policy needs on any hardware.
struct NetworkMemory: Encodable {
  /// Of all weights, biases not counted.
  var weight_bytes: Int
  /// The most activations that are alive at once, for the whole batch.
  var peak_activation_bytes: Int

  /// - Precondition: the policy has a precision for each layer of the graph.
  init(of policy: Policy, in graph: Graph, batch: Int) throws {
    weight_bytes = try graph.weightBytes(policy)
    peak_activation_bytes = try graph.peakActivationBytes(policy, batch: batch)
  }

  /// `weights 166.6 kB, activations at most 12.3 kB at once`
  var text: String {
    "weights \(Quantity.cost(Double(weight_bytes), .weightBytes)), activations at most "
      + "\(Quantity.cost(Double(peak_activation_bytes), .bufferBytes)) at once"
  }
}
