import Diagnostics

/// The family and version in a file's `schema` key, such as `haq.target/1.0`.
struct SchemaVersion: Sendable {
  let family: String
  let major: Int
  let minor: Int

  static let target = SchemaVersion(family: "haq.target", major: 1, minor: 1)
  static let network = SchemaVersion(family: "haq.network", major: 1, minor: 0)
  static let table = SchemaVersion(family: "haq.table", major: 1, minor: 1)
  static let policy = SchemaVersion(family: "haq.policy", major: 1, minor: 3)
  static let measuredNetworks = SchemaVersion(family: "haq.measured-networks", major: 1, minor: 0)
  static let tiedWidths = SchemaVersion(family: "haq.tied-widths", major: 1, minor: 0)
  static let launcher = SchemaVersion(family: "haq.launcher", major: 1, minor: 0)

  var text: String { "\(family)/\(major).\(minor)" }

  /// Reads a whole document: its schema first, then `body`; throws every problem at once.
  ///
  /// A file of another family or major version gets that one message, because nothing else about it
  /// can be judged.
  func read<Value>(
    _ value: PositionedValue, as subject: String, _ body: (ObjectReader) -> Value?
  ) throws -> (value: Value, warnings: [Diagnostic]) {
    let problems = Problems()
    guard let reader = ObjectReader(value, name: subject, problems: problems),
      let written = reader.required("schema", .text),
      admit(written, at: reader.value(of: "schema")?.place ?? value.place, problems: problems, reader: reader)
    else { throw Diagnostics(problems.errors) }
    let read = body(reader)
    _ = reader.optional("requires", .list(of: .text))
    reader.reportUnknownKeys()
    try problems.check()
    guard let read else { preconditionFailure("a refused document has no problem") }
    return (read, problems.warnings)
  }

  private func admit(
    _ written: String, at place: Diagnostic.Place, problems: Problems, reader: ObjectReader
  ) -> Bool {
    let parts = written.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == family, let version = MajorMinor(parts[1]) else {
      problems.add(
        "\"schema\" is \"\(written.prefix(60))\"; this reads \"\(text)\"", at: place,
        hint: Suggestion.sentence(for: written, among: [text]))
      return false
    }
    guard version.major == major else {
      problems.add(
        "\"schema\" is \"\(written)\"; this program reads major version \(major)", at: place,
        hint: "Update the program, or write the file as \"\(text)\".")
      return false
    }
    if version.minor > minor {
      let needed = reader.value(of: "requires").flatMap(Self.words) ?? []
      problems.unknownKeys = .warned(except: Set(needed))
    }
    return true
  }

  private static func words(of value: PositionedValue) -> [String] {
    guard case .list(let items) = value.content else { return [] }
    return items.compactMap { if case .text(let text) = $0.content { text } else { nil } }
  }
}
