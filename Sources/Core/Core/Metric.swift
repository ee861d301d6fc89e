/// A kind of cost, with its SI unit in the raw name wherever it is written to a file.
public enum Metric: String, Hashable, Sendable, Codable, CodingKeyRepresentable {
  case latency = "latency_s"
  case energy = "energy_j"
  case weightBytes = "weight_bytes"
  case trafficBytes = "traffic_bytes"
  case bufferBytes = "buffer_bytes"
  /// The most bytes of activations that are alive at once, which the network's graph tells, whatever the hardware.
  case peakActivationBytes = "peak_activation_bytes"

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
  }

  /// The short name that specs and options use.
  public var key: String {
    switch self {
    case .latency: "latency"
    case .energy: "energy"
    case .weightBytes: "weight_bytes"
    case .trafficBytes: "traffic_bytes"
    case .bufferBytes: "buffer_bytes"
    case .peakActivationBytes: "peak_activation_bytes"
    }
  }
}

extension Metric: CaseIterable {
  /// The costs that a hardware model can give; peak activation bytes are not among them.
  public static let allCases: [Metric] = [.latency, .energy, .weightBytes, .trafficBytes, .bufferBytes]
}
