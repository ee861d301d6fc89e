/// A kind of cost, with its SI unit in the raw name wherever it is written to a file.
public enum Metric: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  case latency = "latency_s"
  case energy = "energy_j"
  case weightBytes = "weight_bytes"
  case trafficBytes = "traffic_bytes"
  case bufferBytes = "buffer_bytes"

  /// How the costs of layers make the cost of the network.
  public enum Aggregate: String, Hashable, Sendable, Codable, CaseIterable {
    /// Layers run one after another: costs add.
    case sum
    /// Layers share the resource: the largest counts.
    case max
    /// Layers overlap: only the target can say what the network costs.
    case network
  }

  /// The short name that specs and options use.
  public var key: String {
    switch self {
    case .latency: "latency"
    case .energy: "energy"
    case .weightBytes: "weight_bytes"
    case .trafficBytes: "traffic_bytes"
    case .bufferBytes: "buffer_bytes"
    }
  }
}
