import Diagnostics

/// JSON text prepared for a YAML reader, so that positions survive and meanings cannot differ.
///
/// YAML reads JSON almost, but not quite, as JSON does: it folds U+2028 inside strings, rejects
/// surrogate escapes, limits keys to one line, and forgets all but one of two equal keys. So the
/// outline has every object written as a list of keys and values, and every string that YAML could read
/// otherwise blanked out, scalar for scalar: a position in the outline is a position in the file.
/// On the way it catches what Foundation's parser lets pass (trailing commas) or reports without
/// a place (unknown words, unclosed brackets, depth).
struct JSONOutline {
  /// As long as the file, scalar for scalar.
  private(set) var text = String.UnicodeScalarView()
  /// For every bracket in order of opening, whether it opens an object.
  private(set) var opensObject: [Bool] = []
  /// The blanked strings as JSON, by the position of the string among all strings.
  private(set) var blanked: [Int: (literal: String, place: Diagnostic.Place)] = [:]

  private var strings = 0
  private var open: [(bracket: UnicodeScalar, place: Diagnostic.Place)] = []
  private var cursor: Cursor

  /// Objects and lists inside each other, at most.
  static let depthLimit = 32
  /// Texts, numbers, words, objects and lists together; each takes some hundred bytes while a file is read.
  static let valueLimit = 1_000_000

  private var values = 0

  init(of source: String, file: String) throws {
    cursor = Cursor(source, file: file)
    var comma: Diagnostic.Place?
    while let scalar = cursor.peek {
      let place = cursor.place
      switch scalar {
      case "\"":
        try countValue(at: place)
        try copyString(from: place)
        comma = nil
      case "{", "[":
        try countValue(at: place)
        try push(scalar, at: place)
        comma = nil
      case "}", "]":
        try pop(scalar, at: place, after: comma)
      case ",":
        append(",")
        comma = place
      case ":": append(",")
      case " ", "\t", "\r", "\n": append(scalar == "\t" ? " " : scalar)
      default:
        try countValue(at: place)
        try copyWord(from: place)
        comma = nil
      }
    }
    if let last = open.last {
      throw Diagnostics([Diagnostic("this \"\(last.bracket)\" is never closed", at: last.place)])
    }
  }

  private mutating func countValue(at place: Diagnostic.Place) throws {
    values += 1
    guard values <= Self.valueLimit else {
      throw Diagnostics([
        Diagnostic(
          "the file has more than \(Self.valueLimit) values, which are the most that are read", at: place)
      ])
    }
  }

  private mutating func append(_ scalar: UnicodeScalar) {
    text.append(scalar)
    cursor.advance()
  }

  private mutating func push(_ bracket: UnicodeScalar, at place: Diagnostic.Place) throws {
    guard open.count < Self.depthLimit else {
      throw Diagnostics([Diagnostic("nested deeper than \(Self.depthLimit) levels", at: place)])
    }
    open.append((bracket, place))
    opensObject.append(bracket == "{")
    append("[")
  }

  private mutating func pop(
    _ bracket: UnicodeScalar, at place: Diagnostic.Place, after comma: Diagnostic.Place?
  ) throws {
    if let comma {
      throw Diagnostics([
        Diagnostic("a comma before \"\(bracket)\" is not JSON", at: comma, hint: "Remove the comma.")
      ])
    }
    guard let last = open.popLast() else {
      throw Diagnostics([Diagnostic("this \"\(bracket)\" closes nothing", at: place)])
    }
    guard (last.bracket == "{") == (bracket == "}") else {
      throw Diagnostics([
        Diagnostic(
          "this \"\(bracket)\" appears where the \"\(last.bracket)\" of \(last.place) is open", at: place)
      ])
    }
    append("]")
  }

  private mutating func copyString(from place: Diagnostic.Place) throws {
    var literal = String.UnicodeScalarView("\"".unicodeScalars)
    var isPlain = true
    var isEscaped = false
    cursor.advance()
    while let scalar = cursor.peek, scalar != "\"" || isEscaped {
      guard scalar != "\n", scalar != "\r" else { break }
      isEscaped = scalar == "\\" && !isEscaped
      isPlain = isPlain && Self.isSame(inYAML: scalar)
      literal.append(scalar)
      cursor.advance()
    }
    guard cursor.peek == "\"" else {
      throw Diagnostics([
        Diagnostic("this text is not closed on its line", at: place, hint: "End it with a quotation mark.")
      ])
    }
    cursor.advance()
    literal.append("\"")
    if isPlain {
      copy(literal)
    } else {
      blanked[strings] = (String(literal), place)
      text.append("\"")
      for _ in literal.dropFirst(2) { text.append("?") }
      text.append("\"")
    }
    strings += 1
  }

  /// Whether a scalar inside a double-quoted string means itself in YAML too.
  private static func isSame(inYAML scalar: UnicodeScalar) -> Bool {
    switch scalar.value {
    case 0x5C: false
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
    default: false
    }
  }

  private mutating func copyWord(from place: Diagnostic.Place) throws {
    var word = String.UnicodeScalarView()
    while let scalar = cursor.peek, !"\"{}[],: \t\r\n".unicodeScalars.contains(scalar) {
      word.append(scalar)
      cursor.advance()
    }
    let written = String(word)
    let isWord = ["true", "false", "null"].contains(written)
    guard isWord || Double(written)?.isFinite == true else {
      throw Diagnostics([
        Diagnostic(
          "\"\(written.prefix(60))\" is not a JSON value", at: place,
          hint: Suggestion.sentence(for: written, among: ["true", "false", "null"])
            ?? "Text needs quotation marks; numbers are written like 12, 0.5 or 2e8.")
      ])
    }
    copy(word)
  }

  /// One by one: `append(contentsOf:)` counts and moves what is there already, each time.
  private mutating func copy(_ scalars: String.UnicodeScalarView) {
    for scalar in scalars { text.append(scalar) }
  }
}

/// Walks the Unicode scalars of a text and counts lines and columns from 1.
private struct Cursor {
  private let scalars: String.UnicodeScalarView
  private var index: String.UnicodeScalarView.Index
  private(set) var place: Diagnostic.Place
  private var line = 1
  private var column = 1

  init(_ source: String, file: String) {
    scalars = source.unicodeScalars
    index = scalars.startIndex
    place = Diagnostic.Place(file: file, line: 1, column: 1)
  }

  var peek: UnicodeScalar? { index < scalars.endIndex ? scalars[index] : nil }

  mutating func advance() {
    let scalar = scalars[index]
    index = scalars.index(after: index)
    // A carriage return before a line feed belongs to the same line end.
    if scalar == "\n" || (scalar == "\r" && peek != "\n") {
      (line, column) = (line + 1, 1)
    } else {
      column += 1
    }
    place.line = line
    place.column = column
  }
}
