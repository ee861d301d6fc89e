public import Core
public import Networks

/// The bytes that a policy needs on any hardware; other than in `CostTable.withMemory`, shared weights count once.
public struct NetworkMemory: Hashable, Sendable, Codable {
  /// Of all weights, biases not counted.
  public var weightBytes: Int
  /// The most activations that are alive at once, for the whole batch.
  public var peakActivationBytes: Int

  private enum CodingKeys: String, CodingKey {
    case weightBytes = "weight_bytes"
    case peakActivationBytes = "peak_activation_bytes"
  }

  /// - Precondition: the policy has a precision for each layer of the graph.
  public init(of policy: Policy, in graph: Graph, batch: Int) throws {
    weightBytes = try graph.weightBytes(policy)
    peakActivationBytes = try graph.peakActivationBytes(policy, batch: batch)
  }

  /// `weights 166.6 kB, activations at most 12.3 kB at once`
  public var text: String {
    "weights \(Quantity.cost(Double(weightBytes), .weightBytes)), activations at most "
      + "\(Quantity.cost(Double(peakActivationBytes), .bufferBytes)) at once"
  }
}
