/// A target that says what one network costs as a whole, where the costs of its layers do not add up.
public protocol NetworkCostModel: Sendable {
  /// The costs of the network under each policy, by the metrics whose aggregate is `network`.
  ///
  /// Throws when the model fails, or gives what cannot be a cost. Every policy has a precision that the target can
  /// run for every layer.
  func costs(of policies: [Policy]) throws -> [Cost]
}
