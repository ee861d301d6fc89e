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
  }

  public init(name: String, unit: Unit, metric: Metric?) {
    self.name = name
    self.unit = unit
    self.metric = metric
  }
}

/// What the costs of some points are made of.
public struct ComponentTable: Hashable, Sendable {
  public let components: [Component]
  /// By point and then component, each in its component's unit; nil for a point that has no cost.
  public let values: [[Double]?]

  public init(components: [Component], values: [[Double]?]) {
    self.components = components
    self.values = values
  }

  /// The value of one component; nil when the target has no such component, or the point no cost.
  public subscript(point: Int, name: String) -> Double? {
    guard let component = components.firstIndex(where: { $0.name == name }) else { return nil }
    return values[point]?[component]
  }
}

extension Metric {
  /// The unit of the metric's values.
  public var unit: Component.Unit {
    switch self {
    case .latency: .seconds
    case .energy: .joules
    case .weightBytes, .trafficBytes, .bufferBytes, .peakActivationBytes: .bytes
    }
  }
}
