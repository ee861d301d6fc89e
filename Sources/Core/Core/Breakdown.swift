/// The time each part of a layer would take alone, and which of them bounds the layer.
public struct Breakdown: Hashable, Sendable, Codable {
  /// What a layer waits for.
  public enum Bound: String, Hashable, Sendable, Codable, CaseIterable {
    case compute
    case weightTraffic = "weight-traffic"
    case activationTraffic = "activation-traffic"

    /// `weight traffic`
    public var words: String { rawValue.replacing("-", with: " ") }
  }

  public var compute_s: Double
  public var weightTraffic_s: Double
  public var activationTraffic_s: Double
  public var bound: Bound

  public init(compute_s: Double, weightTraffic_s: Double, activationTraffic_s: Double, bound: Bound) {
    self.compute_s = compute_s
    self.weightTraffic_s = weightTraffic_s
    self.activationTraffic_s = activationTraffic_s
    self.bound = bound
  }
}
