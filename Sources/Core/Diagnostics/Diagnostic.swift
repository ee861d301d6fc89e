/// A problem in something that a user wrote: where it is, what is wrong, what to do.
public struct Diagnostic: Error, Hashable, Sendable {
  /// Line and column, both from 1, in a named file.
  public struct Place: Hashable, Sendable {
    public var file: String
    public var line: Int?
    public var column: Int?

    public init(file: String, line: Int? = nil, column: Int? = nil) {
      self.file = file
      self.line = line
      self.column = column
    }
  }

  public var place: Place?
  /// What is wrong, and what is allowed.
  public var message: String
  /// What to do about it, as a sentence.
  public var hint: String?

  public init(_ message: String, at place: Place? = nil, hint: String? = nil) {
    self.place = place
    self.message = message
    self.hint = hint
  }
}

extension Diagnostic.Place: CustomStringConvertible {
  public var description: String {
    [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
  }
}

extension Diagnostic: CustomStringConvertible {
  /// How much a problem matters.
  public enum Severity: String, Sendable {
    case error
    case warning
  }

  /// `file:line:column: severity: message. Hint`, the form that editors can jump to.
  public func text(as severity: Severity) -> String {
    "\(location)\(severity.rawValue): \(sentence)"
  }

  /// `file:line:column: message. Hint`, to be part of another message.
  public var text: String { location + sentence }

  private var location: String { place.map { "\($0): " } ?? "" }

  private var sentence: String {
    let end = message.hasSuffix(".") ? " " : ". "
    return message + (hint.map { end + $0 } ?? "")
  }

  public var description: String { text(as: .error) }
}

/// All problems found in one input, reported together rather than one per attempt.
public struct Diagnostics: Error, Hashable, Sendable, CustomStringConvertible {
  public var all: [Diagnostic]

  public init(_ all: [Diagnostic]) { self.all = all }

  public var description: String { all.map(\.description).joined(separator: "\n") }
}
