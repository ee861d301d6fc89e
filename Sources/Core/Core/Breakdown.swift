/// The time each part of a layer would take alone, and which of them bounds the layer.
public struct Breakdown: Hashable, Sendable {
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

  public init(
    computeSeconds: Double, weightTrafficSeconds: Double, activationTrafficSeconds: Double, bound: Bound
  ) {
    self.computeSeconds = computeSeconds
    self.weightTrafficSeconds = weightTrafficSeconds
    self.activationTrafficSeconds = activationTrafficSeconds
    self.bound = bound
  }
}
