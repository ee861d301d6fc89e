import Diagnostics

/// What a value must look like, and what it becomes; reports its own problems.
struct Form<Value>: Sendable {
  /// Returns nil after reporting why not; `name` is how messages call the value.
  let read: @Sendable (_ value: PositionedValue, _ name: String, _ problems: Problems) -> Value?

  /// The same form, its value passed on; `transform` returns nil after reporting why not.
  func then<Other>(
    _ transform: @escaping @Sendable (Value, PositionedValue, String, Problems) -> Other?
  ) -> Form<Other> {
    Form<Other> { value, name, problems in
      read(value, name, problems).flatMap { transform($0, value, name, problems) }
    }
  }
}

extension Form<String> {
  /// Any text with at least one visible character.
  static var text: Form {
    Form { value, name, problems in
      guard case .text(let text) = value.content else {
        problems.add("\(name) must be text, not \(value.phrase)", at: value.place)
        return nil
      }
      guard text.contains(where: { !$0.isWhitespace }) else {
        problems.add("\(name) must not be empty", at: value.place)
        return nil
      }
      return text
    }
  }

  /// One of a few words.
  static func word(_ allowed: [String]) -> Form {
    text.then { text, value, name, problems in
      if allowed.contains(text) { return text }
      let listed = allowed.map { "\"\($0)\"" }.joined(separator: ", ")
      problems.add(
        "\(name) is \"\(text)\"; allowed: \(listed)", at: value.place,
        hint: Suggestion.sentence(for: text, among: allowed))
      return nil
    }
  }

  /// The digest of a file: 64 lower-case hex digits.
  static var sha256: Form {
    text.then { text, value, name, problems in
      if text.wholeMatch(of: /[0-9a-f]{64}/) != nil { return text }
      problems.add(
        "\(name) must be 64 lower-case hex digits; this has \(text.count) characters", at: value.place)
      return nil
    }
  }
}

extension Form<Double> {
  /// A number within `range`, in words `allowed`.
  static func number(_ range: ClosedRange<Double>, _ allowed: String) -> Form {
    Form { value, name, problems in
      guard case .number(let number) = value.content else {
        problems.add("\(name) must be a number, not \(value.phrase)", at: value.place)
        return nil
      }
      guard range.contains(number) else {
        problems.add(
          "\(name) is \(PositionedValue.short(number)); it must be \(allowed)", at: value.place)
        return nil
      }
      return number
    }
  }
}

extension Form<Int> {
  /// A whole number within `range`.
  static func integer(_ range: ClosedRange<Int>) -> Form {
    Form { value, name, problems in
      guard case .number(let number) = value.content else {
        problems.add("\(name) must be a number, not \(value.phrase)", at: value.place)
        return nil
      }
      guard let integer = Int(exactly: number), range.contains(integer) else {
        problems.add(
          "\(name) is \(PositionedValue.short(number)); it must be a whole number "
            + "\(range.lowerBound) to \(range.upperBound)", at: value.place)
        return nil
      }
      return integer
    }
  }
}

extension Form {
  /// An object, read key by key; `read` returns nil after reporting why not.
  static func object(_ read: @escaping @Sendable (ObjectReader) -> Value?) -> Form {
    Form { value, name, problems in
      guard let reader = ObjectReader(value, name: name, problems: problems) else { return nil }
      defer { reader.reportUnknownKeys() }
      return read(reader)
    }
  }

  /// A list with `count` entries of one form.
  static func list<Element>(
    of element: Form<Element>, count: ClosedRange<Int> = 0...Int.max
  ) -> Form where Value == [Element] {
    Form { value, name, problems in
      guard case .list(let items) = value.content else {
        problems.add("\(name) must be a list, not \(value.phrase)", at: value.place)
        return nil
      }
      guard count.contains(items.count) else {
        let bound =
          items.count < count.lowerBound ? "at least \(count.lowerBound)" : "at most \(count.upperBound)"
        problems.add(
          "\(name) has \(items.count) entries; it must have \(bound)", at: value.place)
        return nil
      }
      let elements = items.enumerated().map { element.read($1, "\(name.dropLast())[\($0)]\"", problems) }
      let read = elements.compactMap { $0 }
      return read.count == items.count ? read : nil
    }
  }
}
