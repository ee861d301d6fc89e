/// What of a layer a width belongs to.
public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
  case weight
  case activation
}
