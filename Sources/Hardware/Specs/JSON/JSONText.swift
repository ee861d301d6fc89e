import Core
import Foundation

/// JSON to be written with its keys in a chosen order, laid out for people to edit.
indirect enum JSONText {
  case object([(String, JSONText)])
  case list([JSONText])
  /// A list that stays on one line.
  case inline([JSONText])
  case text(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case null

  /// The whole file: one line per top-level key, and one per entry of a top-level list.
  var document: String {
    guard case .object(let fields) = self else { return line + "\n" }
    let lines = fields.map { "  \(Self.quoted($0)): \($1.block(indent: "  "))" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// A line per entry of a list, and of an object that has lists.
  private func block(indent: String) -> String {
    switch self {
    case .list(let items):
      let entries = items.map { "\(indent)  \($0.line)" }.joined(separator: ",\n")
      return "[\n\(entries)\n\(indent)]"
    case .object(let fields) where fields.contains { $0.1.isList }:
      let entries = fields.map { "\(indent)  \(Self.quoted($0)): \($1.block(indent: indent + "  "))" }
      return "{\n\(entries.joined(separator: ",\n"))\n\(indent)}"
    default: return line
    }
  }

  /// The whole file: whatever fits on a line is one line, as people lay specs out.
  var pretty: String { spread(indent: "", room: Self.lineLength, isTop: true) + "\n" }

  private static let lineLength = 100

  private func spread(indent: String, room: Int, isTop: Bool) -> String {
    let line = line
    if !isTop, line.count <= room { return line }
    let inner = indent + "  "
    switch self {
    case .object(let fields):
      let entries = fields.map { key, value in
        let label = "\(inner)\(Self.quoted(key)): "
        return label + value.spread(indent: inner, room: Self.lineLength - label.count, isTop: false)
      }
      return "{\n\(entries.joined(separator: ",\n"))\n\(indent)}"
    case .list(let items), .inline(let items):
      let entries = items.map {
        inner + $0.spread(indent: inner, room: Self.lineLength - inner.count, isTop: false)
      }
      return "[\n\(entries.joined(separator: ",\n"))\n\(indent)]"
    default: return line
    }
  }

  private var isList: Bool { if case .list = self { true } else { false } }

  private var line: String {
    switch self {
    case .object(let fields):
      "{ " + fields.map { "\(Self.quoted($0)): \($1.line)" }.joined(separator: ", ") + " }"
    case .list(let items), .inline(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
    case .text(let text): Self.quoted(text)
    case .integer(let integer): "\(integer)"
    case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
    case .boolean(let flag): "\(flag)"
    case .null: "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let data = try? encoder.encode(text) else { preconditionFailure("every text can be written") }
    return String(decoding: data, as: UTF8.self).escapedJSON
  }
}
