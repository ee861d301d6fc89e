import Diagnostics
public import Foundation
import Yams

extension PositionedValue {
  /// The largest file that is read, in bytes.
  public static let sizeLimit = 1 << 20

  /// Reads strict JSON: UTF-8 without byte order mark, at most `sizeLimit` bytes, nested at most 32 deep.
  ///
  /// Grammar is checked by Foundation, positions come from Yams. Throws `Diagnostics`, also for a key
  /// that appears twice in an object.
  public static func read(
    _ bytes: Data, file: String, sizeLimit: Int = PositionedValue.sizeLimit
  ) throws -> PositionedValue {
    let source = try text(of: bytes, file: file, sizeLimit: sizeLimit)
    let outline = try JSONOutline(of: source, file: file)
    let strings = try outline.blanked.mapValues { string in
      // Alone, because Foundation reports half of a surrogate pair without a place.
      let json = Data(string.literal.utf8)
      guard let text = try? JSONSerialization.jsonObject(with: json, options: .fragmentsAllowed) as? String
      else {
        throw Diagnostics([
          Diagnostic(
            "this text has an escape or a character that JSON does not allow", at: string.place,
            hint:
              "JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits, surrogates in pairs."
          )
        ])
      }
      return text
    }
    try checkGrammar(of: bytes, file: file)

    let root: Node?
    do {
      root = try Yams.compose(yaml: String(outline.text), .basic, .default, .utf8)
    } catch {
      throw Diagnostics([Diagnostic("cannot be read: \(error)", at: .init(file: file))])
    }
    guard let root else { throw Diagnostics([Diagnostic("the file is empty", at: .init(file: file))]) }
    var walk = Walk(file: file, outline: outline, strings: strings)
    let value = walk.value(of: root)
    guard walk.problems.isEmpty else { throw Diagnostics(walk.problems) }
    return value
  }

  private static func text(of bytes: Data, file: String, sizeLimit: Int) throws -> String {
    func refuse(_ message: String, hint: String? = nil) -> Diagnostics {
      Diagnostics([Diagnostic(message, at: .init(file: file), hint: hint)])
    }
    guard bytes.count <= sizeLimit else {
      throw refuse("the file has \(bytes.count) bytes; at most \(sizeLimit) are read")
    }
    guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
      throw refuse("the file begins with a byte order mark", hint: "Save it as UTF-8 without one.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw refuse("the file is not UTF-8", hint: "Save it as UTF-8.")
    }
    guard text.unicodeScalars.contains(where: { !" \t\r\n".unicodeScalars.contains($0) }) else {
      throw refuse("the file is empty")
    }
    return text
  }

  private static func checkGrammar(of bytes: Data, file: String) throws {
    do {
      _ = try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed)
    } catch let error as NSError {
      let text = error.userInfo[NSDebugDescriptionErrorKey] as? String ?? "\(error)"
      throw Diagnostics([syntaxError(text, in: bytes, file: file)])
    }
  }

  /// Turns "Invalid value around character 9." into a message and a place; 9 counts bytes.
  private static func syntaxError(_ text: String, in bytes: Data, file: String) -> Diagnostic {
    guard let match = text.firstMatch(of: /(.*) around character (\d+)/), let offset = Int(match.2) else {
      return Diagnostic("not JSON: \(text)", at: .init(file: file))
    }
    let before = String(decoding: bytes.prefix(offset), as: UTF8.self).unicodeScalars
    let line = before.count { $0 == "\n" } + 1
    let column = before.count - (before.lastIndex(of: "\n").map { before[...$0].count } ?? 0) + 1
    return Diagnostic(
      "not JSON: \(match.1.prefix(1).lowercased() + match.1.dropFirst())",
      at: .init(file: file, line: line, column: column))
  }
}

/// Turns the nodes of an outline back into JSON values, in document order.
private struct Walk {
  let file: String
  let outline: JSONOutline
  let strings: [Int: String]
  var problems: [Diagnostic] = []
  private var brackets = 0
  private var stringCount = 0

  init(file: String, outline: JSONOutline, strings: [Int: String]) {
    self.file = file
    self.outline = outline
    self.strings = strings
  }

  mutating func value(of node: Node) -> PositionedValue {
    let place = Diagnostic.Place(file: file, line: node.mark?.line, column: node.mark?.column)
    switch node {
    case .scalar(let scalar) where scalar.style == .doubleQuoted:
      return PositionedValue(content: .text(text(of: scalar)), place: place)
    case .scalar(let scalar):
      return PositionedValue(content: content(ofWord: scalar.string), place: place)
    case .sequence(let sequence):
      let isObject = outline.opensObject[brackets]
      brackets += 1
      guard isObject else {
        var items: [PositionedValue] = []
        for node in sequence { items.append(value(of: node)) }
        return PositionedValue(content: .list(items), place: place)
      }
      return PositionedValue(content: .object(members(of: Array(sequence))), place: place)
    case .mapping, .alias: preconditionFailure("an outline has only scalars and lists")
    }
  }

  private mutating func members(of nodes: [Node]) -> [PositionedValue.Member] {
    precondition(nodes.count.isMultiple(of: 2), "grammar was checked")
    var members: [PositionedValue.Member] = []
    var places: [String: Diagnostic.Place] = [:]
    for index in stride(from: 0, to: nodes.count, by: 2) {
      let key = value(of: nodes[index])
      let value = value(of: nodes[index + 1])
      guard case .text(let name) = key.content else { preconditionFailure("grammar was checked") }
      if let first = places[name] {
        problems.append(
          Diagnostic(
            "the key \"\(name)\" appears twice; it first appears at \(first)", at: key.place,
            hint: "Remove one of them."))
        continue
      }
      places[name] = key.place
      members.append(PositionedValue.Member(key: name, keyPlace: key.place, value: value))
    }
    return members
  }

  private mutating func text(of scalar: Node.Scalar) -> String {
    defer { stringCount += 1 }
    return strings[stringCount] ?? scalar.string
  }

  private func content(ofWord word: String) -> PositionedValue.Content {
    switch word {
    case "true": .boolean(true)
    case "false": .boolean(false)
    case "null": .null
    default: .number(Double(word) ?? .nan)
    }
  }
}
