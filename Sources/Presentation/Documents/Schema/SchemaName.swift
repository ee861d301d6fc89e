/// The name and version of a JSON document, such as `haq.cost/1.0`.
///
/// A later minor version may add keys; a major version may change what keys mean.
public struct SchemaName: Hashable, Sendable {
  /// Such as `haq.cost`.
  public let name: String
  public let major: Int
  public let minor: Int

  /// Nil for a text of another form.
  public init?(_ text: String) {
    guard let match = text.wholeMatch(of: /([a-z]+(?:[.-][a-z0-9]+)+)\/([0-9]{1,9})\.([0-9]{1,9})/),
      let major = Int(match.2), let minor = Int(match.3)
    else { return nil }
    (name, self.major, self.minor) = (String(match.1), major, minor)
  }

  /// Whether a reader of this version understands documents of `other`.
  public func reads(_ other: SchemaName) -> Bool { name == other.name && major == other.major }
}

extension SchemaName: ExpressibleByStringLiteral, CustomStringConvertible {
  /// - Precondition: the literal has the form of `haq.cost/1.0`.
  public init(stringLiteral text: String) {
    guard let name = SchemaName(text) else { preconditionFailure("\(text) is not a schema's name") }
    self = name
  }

  public var description: String { "\(name)/\(major).\(minor)" }
}
