/// A kind of cost, with its SI unit in the raw name wherever it is written to a file.
public enum Metric: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  case latency = "latency_s"
  case energy = "energy_j"
  case weightBytes = "weight_bytes"
  case trafficBytes = "traffic_bytes"
  case bufferBytes = "buffer_bytes"
  /// The most bytes of activations that are alive at once, which the network's graph determines, whatever the hardware.
  case peakActivationBytes = "peak_activation_bytes"

  /// What a cost model can state, in the order of columns; peak activation bytes come from the graph alone.
  public static let ofTargets: [Metric] = [.latency, .energy, .weightBytes, .trafficBytes, .bufferBytes]

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

  /// As people write it: `weight bytes`.
  public var title: String { key.replacing("_", with: " ") }

  /// The unit of the metric's values.
  public var unit: Component.Unit {
    switch self {
    case .latency: .seconds
    case .energy: .joules
    case .weightBytes, .trafficBytes, .bufferBytes, .peakActivationBytes: .bytes
    }
  }
}
