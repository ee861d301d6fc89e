/// One leaf of a spec's `parameters` object, as a cost model receives it.
public struct Parameter: Hashable, Sendable, Codable {
  /// Nested keys joined by dots, such as `array.rows`.
  public var key: String
  public var value: Value

  /// What a leaf can hold; a Boolean is the number 0 or 1.
  public enum Value: Hashable, Sendable, Codable {
    case number(Double)
    case text(String)
  }

  public init(key: String, value: Value) {
    self.key = key
    self.value = value
  }
}
