extension Metric {
  /// How the costs of layers make the cost of the network.
  public enum Aggregate: String, Hashable, Sendable, Codable {
    /// Layers run one after another: costs add.
    case sum
    /// Layers share the resource: the largest counts.
    case max
    /// Layers overlap: only the target can say what the network costs.
    case network
    /// Values that are alive together add up, and the largest such live set counts: `ActivationMemory`.
    case peak

    /// What a target may state.
    public static let ofTargets: [Aggregate] = [.sum, .max, .network]

    /// Whether the costs of single layers tell that of the network.
    public var isOfLayers: Bool { self == .sum || self == .max }

    /// The cost of a network from the costs of its layers, added in layer order.
    ///
    /// - Precondition: costs of layers tell it.
    public func total(_ costs: [Double]) -> Double {
      switch self {
      case .sum: costs.reduce(0, +)
      case .max: costs.reduce(0, Swift.max)
      case .network, .peak: preconditionFailure("costs of layers do not determine the cost of the network")
      }
    }
  }
}
