public import Diagnostics

/// A JSON value with its place in the file.
public struct PositionedValue: Hashable, Sendable {
  public var content: Content
  /// The first character of the value.
  public var place: Diagnostic.Place

  /// What JSON can hold.
  public enum Content: Hashable, Sendable {
    case object([Member])
    case list([PositionedValue])
    case text(String)
    case number(Double)
    case boolean(Bool)
    case null
  }

  /// One key of an object with its value; keys are unique within their object.
  public struct Member: Hashable, Sendable {
    public var key: String
    public var keyPlace: Diagnostic.Place
    public var value: PositionedValue
  }
}

extension PositionedValue {
  /// The value in a sentence, such as `the text "W4"` or `a list`.
  var phrase: String {
    switch content {
    case .object: "an object"
    case .list: "a list"
    case .text(let text): "the text \"\(text.prefix(60))\""
    case .number(let number): "the number \(Self.short(number))"
    case .boolean(let value): "\(value)"
    case .null: "null"
    }
  }

  /// The value of an object's key; nil for other values, and for keys that are not there.
  subscript(key: String) -> PositionedValue? {
    guard case .object(let members) = content else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// Whole numbers without the point.
  static func short(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
