import Diagnostics

/// Reads one object key by key; keys that are not read are problems.
final class ObjectReader {
  let name: String
  let place: Diagnostic.Place
  let problems: Problems
  private let members: [PositionedValue.Member]
  private var known: [String] = []

  /// Reports and returns nil when `value` is not an object.
  init?(_ value: PositionedValue, name: String, problems: Problems) {
    guard case .object(let members) = value.content else {
      problems.add("\(name) must be an object, not \(value.phrase)", at: value.place)
      return nil
    }
    self.name = name
    self.place = value.place
    self.problems = problems
    self.members = members
  }

  /// The value of a key that must be there.
  func required<Value>(_ key: String, _ form: Form<Value>) -> Value? {
    known.append(key)
    guard let value = value(of: key) else {
      problems.add("\(name) lacks the key \"\(key)\"", at: place)
      return nil
    }
    return form.read(value, label(key), problems)
  }

  /// The value of a key that may be missing.
  func optional<Value>(_ key: String, _ form: Form<Value>) -> Field<Value> {
    known.append(key)
    guard let value = value(of: key) else { return .absent }
    return form.read(value, label(key), problems).map(Field.value) ?? .refused
  }

  /// The raw value of a key, counted as known only if it was asked for elsewhere.
  func value(of key: String) -> PositionedValue? { members.first { $0.key == key }?.value }

  /// Counts a key as known that is reported in another way.
  func acceptKey(_ key: String) { known.append(key) }

  /// For an object whose kind is unknown: nothing can be said about its other keys.
  func acceptAllKeys() { known = members.map(\.key) }

  /// To be called last: every key not asked for is reported.
  func reportUnknownKeys() {
    for member in members where !known.contains(member.key) && !member.key.hasPrefix("x-") {
      problems.addUnknownKey(member, in: name, known: known)
    }
  }

  /// `"layers[2].kind"` names a key below the top level by its path.
  func label(_ key: String) -> String {
    name.contains(" ") ? "\"\(key)\"" : "\"\(name.replacing("\"", with: "")).\(key)\""
  }
}

/// What became of a key that may be missing.
enum Field<Value> {
  case absent
  case refused
  case value(Value)

  /// The value, or `otherwise` when the key is missing; nil when the value was refused.
  func or(_ otherwise: @autoclosure () -> Value) -> Value? {
    switch self {
    case .absent: otherwise()
    case .refused: nil
    case .value(let value): value
    }
  }

  var value: Value? { if case .value(let value) = self { value } else { nil } }
}
