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

  public var computeSeconds: Double
  public var weightTrafficSeconds: Double
  public var activationTrafficSeconds: Double
  public var bound: Bound

  /// As the cost tables of studies store them.
  private enum CodingKeys: String, CodingKey {
    case computeSeconds = "compute_s"
    case weightTrafficSeconds = "weightTraffic_s"
    case activationTrafficSeconds = "activationTraffic_s"
    case bound
  }

  public init(
    computeSeconds: Double, weightTrafficSeconds: Double, activationTrafficSeconds: Double, bound: Bound
  ) {
    self.computeSeconds = computeSeconds
    self.weightTrafficSeconds = weightTrafficSeconds
    self.activationTrafficSeconds = activationTrafficSeconds
    self.bound = bound
  }
}
