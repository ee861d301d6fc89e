/// A named part of a cost, or a count beside it, such as the energy that goes into DRAM.
public struct Component: Hashable, Sendable, Codable {
  /// Such as `energy.dram`; unique among the components of its target.
  public var name: String
  public var unit: Unit
  /// The metric that it is a part of: all components of a metric add up to it. Nil when it is part of none.
  public var metric: Metric?

  /// What values are counted in.
  public enum Unit: String, Hashable, Sendable, Codable, CaseIterable {
    case seconds = "s"
    case joules = "J"
    case bytes = "B"

    /// Such as `seconds`.
    public var name: String {
      switch self {
      case .seconds: "seconds"
      case .joules: "joules"
      case .bytes: "bytes"
      }
    }
  }

  public init(name: String, unit: Unit, metric: Metric?) {
    self.name = name
    self.unit = unit
    self.metric = metric
  }
}
