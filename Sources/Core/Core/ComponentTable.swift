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
