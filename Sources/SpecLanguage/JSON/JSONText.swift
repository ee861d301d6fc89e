import Foundation

/// JSON to be written with its keys in a chosen order, laid out for people to edit.
indirect enum JSONText {
  case object([(String, JSONText)])
  case list([JSONText])
  case text(String)
  case integer(Int)
  case number(Double)

  /// The whole file: one line per top-level key, and one per entry of a top-level list.
  var document: String {
    guard case .object(let fields) = self else { return line + "\n" }
    let lines = fields.map { key, value -> String in
      guard case .list(let items) = value else { return "  \(Self.quoted(key)): \(value.line)" }
      let entries = items.map { "    \($0.line)" }.joined(separator: ",\n")
      return "  \(Self.quoted(key)): [\n\(entries)\n  ]"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  private var line: String {
    switch self {
    case .object(let fields):
      "{ " + fields.map { "\(Self.quoted($0)): \($1.line)" }.joined(separator: ", ") + " }"
    case .list(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
    case .text(let text): Self.quoted(text)
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    }
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let data = try? encoder.encode(text) else { preconditionFailure("every text can be written") }
    return String(decoding: data, as: UTF8.self)
  }
}
