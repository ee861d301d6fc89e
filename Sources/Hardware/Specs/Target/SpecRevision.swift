public import Core
import Diagnostics
public import Foundation

/// A target spec with some values replaced, everything else as its author wrote it.
public struct SpecRevision: Sendable {
  private var fields: [PositionedValue.Member]

  /// Reads the spec to be revised; throws `Diagnostics` for what is not JSON.
  public init(of bytes: Data, file: String) throws {
    let value = try PositionedValue.read(bytes, file: file)
    guard case .object(let members) = value.content else {
      throw Diagnostic("a spec is an object", at: value.place)
    }
    fields = members
  }

  /// Gives the target another id.
  public mutating func setID(_ id: String) { set("id", .text(id)) }

  /// Replaces the numbers of the `parameters` object with these dotted keys, which must be there.
  public mutating func setParameters(_ values: [String: Double]) {
    for index in fields.indices where fields[index].key == "parameters" {
      Self.replace(in: &fields[index].value, path: nil, values)
    }
  }

  /// Leaves out the checks with these names.
  public mutating func removeChecks(_ names: Set<String>) {
    for index in fields.indices where fields[index].key == "checks" {
      guard case .list(let checks) = fields[index].value.content else { continue }
      let kept = checks.filter { check in
        guard case .object(let members) = check.content,
          case .text(let name)? = members.first(where: { $0.key == "name" })?.value.content
        else { return true }
        return !names.contains(name)
      }
      fields[index].value.content = .list(kept)
    }
  }

  /// Adds a source; one stated source replaces `"assumption"`.
  public mutating func addSource(title: String, usedFor: String) {
    let source = value(
      .object([member("title", .text(title)), member("used_for", .text(usedFor))]))
    for index in fields.indices where fields[index].key == "sources" {
      if case .list(let sources) = fields[index].value.content {
        fields[index].value.content = .list(sources + [source])
      } else {
        fields[index].value.content = .list([source])
      }
    }
  }

  /// States how far the revised target is from evidence, in place of what its author said.
  public mutating func setEvidence(_ evidence: Evidence) {
    fields.removeAll { $0.key == "evidence" }
    let stated = member(
      "evidence",
      .object([
        member("status", .text(evidence.status.rawValue)), member("statement", .text(evidence.statement)),
      ]))
    let sources = fields.firstIndex { $0.key == "sources" }
    fields.insert(stated, at: sources.map { $0 + 1 } ?? fields.count)
  }

  /// Sets the object `x-KEY`, which readers of specs ignore.
  public mutating func setNote(_ key: String, _ entries: [(String, PositionedValue.Content)]) {
    set("x-" + key, .object(entries.map(member)))
  }

  /// The file's text.
  public var text: String { JSONText.object(fields.map { ($0.key, $0.value.json) }).pretty }

  private mutating func set(_ key: String, _ content: PositionedValue.Content) {
    if let index = fields.firstIndex(where: { $0.key == key }) {
      fields[index].value.content = content
    } else {
      fields.append(member(key, content))
    }
  }

  private static func replace(
    in value: inout PositionedValue, path: String?, _ values: [String: Double]
  ) {
    if let path, let number = values[path] { value.content = .number(number) }
    guard case .object(var members) = value.content else { return }
    for index in members.indices {
      let key = path.map { "\($0).\(members[index].key)" } ?? members[index].key
      replace(in: &members[index].value, path: key, values)
    }
    value.content = .object(members)
  }

  private func member(_ key: String, _ content: PositionedValue.Content) -> PositionedValue.Member {
    PositionedValue.Member(key: key, keyPlace: .init(file: ""), value: value(content))
  }

  private func value(_ content: PositionedValue.Content) -> PositionedValue {
    PositionedValue(content: content, place: .init(file: ""))
  }
}

extension PositionedValue {
  /// The value to be written again.
  fileprivate var json: JSONText {
    switch content {
    case .object(let members): .object(members.map { ($0.key, $0.value.json) })
    case .list(let items): .list(items.map(\.json))
    case .text(let text): .text(text)
    case .number(let number): .number(number)
    case .boolean(let flag): .boolean(flag)
    case .null: .null
    }
  }
}
